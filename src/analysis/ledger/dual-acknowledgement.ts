import type { LedgerServer } from "../../record/ledger-format.ts";
import type { Ledger } from "../../record/ledger.ts";
import { isAcknowledged } from "./outcome-codes.ts";

/** Two servers that acknowledged writes at the same time: split brain. */
export interface DualAcknowledgement {
  readonly servers: readonly [LedgerServer, LedgerServer];
  readonly fromMs: number;
  readonly toMs: number;
  /** Writes that one took while the other was certainly still, or already, taking them. */
  readonly acknowledgements: number;
}

interface Span {
  readonly server: LedgerServer;
  /** It had certainly committed by then, */
  firstAnsweredUs: number;
  /** and it certainly committed after that. */
  lastSentUs: number;
}

/**
 * Finds servers whose acknowledgements interleave in time. An answer may be long on its way, so only
 * what is certain counts: a write that was sent after the other server had acknowledged one, and was
 * acknowledged before the other was sent one that it acknowledged. A clean handover has none.
 */
export function dualAcknowledgements({ writes, servers }: Ledger): DualAcknowledgement[] {
  const { spans, spanOf } = groupServers(servers);
  for (let i = 0; i < writes.count; i++) {
    if (!isAcknowledged(writes.outcome[i])) continue;
    const span = spans[spanOf[writes.server[i] as number] ?? -1];
    if (span === undefined) continue;
    span.firstAnsweredUs = Math.min(span.firstAnsweredUs, writes.answeredUs[i] as number);
    span.lastSentUs = Math.max(span.lastSentUs, writes.sentUs[i] as number);
  }
  if (spans.length < 2) return [];
  const found = new Map<string, DualAcknowledgement>();
  for (let i = 0; i < writes.count; i++) {
    if (!isAcknowledged(writes.outcome[i])) continue;
    const own = spanOf[writes.server[i] as number] ?? -1;
    if (own < 0) continue;
    const sentUs = writes.sentUs[i] as number;
    const answeredUs = writes.answeredUs[i] as number;
    for (let other = 0; other < spans.length; other++) {
      const span = spans[other] as Span;
      if (other === own || sentUs < span.firstAnsweredUs || answeredUs > span.lastSentUs) continue;
      count(found, [Math.min(own, other), Math.max(own, other)], spans, [sentUs, answeredUs]);
    }
  }
  return [...found.values()].sort((a, b) => a.fromMs - b.fromMs);
}

function count(
  found: Map<string, DualAcknowledgement>,
  pair: readonly [number, number],
  spans: readonly Span[],
  [fromUs, toUs]: readonly [number, number],
): void {
  const key = pair.join("/");
  const known = found.get(key);
  const [fromMs, toMs] = [fromUs / 1000, toUs / 1000];
  found.set(key, {
    servers: [(spans[pair[0]] as Span).server, (spans[pair[1]] as Span).server],
    fromMs: Math.min(fromMs, known?.fromMs ?? Infinity),
    toMs: Math.max(toMs, known?.toMs ?? -Infinity),
    acknowledgements: (known?.acknowledgements ?? 0) + 1,
  });
}

/**
 * One span per life of a server on a timeline. A server behind a pooler is known by its start only:
 * it is the one with that start, where there is but one.
 */
function groupServers(servers: readonly LedgerServer[]): { spans: Span[]; spanOf: number[] } {
  const spans: Span[] = [];
  const own = servers.map((server) => {
    const hasTwin = servers.some((other) => other.start === server.start && other !== server);
    if (server.timeline === null && hasTwin) return -1;
    return spans.push({ server, firstAnsweredUs: Infinity, lastSentUs: -Infinity }) - 1;
  });
  const spanOf = own.map((span, i) => {
    if (span >= 0) return span;
    const twins = servers.flatMap((other, j) =>
      other.start === servers[i]?.start && (own[j] as number) >= 0 ? [own[j] as number] : [],
    );
    return twins.length === 1 ? (twins[0] as number) : -1;
  });
  return { spans, spanOf };
}
