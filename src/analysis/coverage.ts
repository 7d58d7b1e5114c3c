import type { Evidence, ProbeReadings } from "./evidence.ts";
import { COVERAGE } from "./thresholds.ts";

/** How much of what was to be read on a server by SQL was read in a window. */
export interface Coverage {
  /** Probes of the server, and those of them of which enough answers came. */
  readonly probes: number;
  readonly read: number;
  /** Readings of them all: those that were due, or asked for, and those that were answered. */
  readonly asked: number;
  readonly answered: number;
  /** Why the most readings went unanswered; `null` where none did. */
  readonly because: string | null;
}

/** What the first server answered; `null` where nothing was to be read by SQL. */
export function coverageOf(evidence: Evidence): Coverage | null {
  const [first = ""] = evidence.instances;
  const probes = [...evidence.readings(first)].filter(([probe]) => probe.startsWith("pg-"));
  if (probes.length === 0) return null;
  const asked = probes.filter(([, readings]) => readings.asked > 0);
  if (asked.length === 0) {
    return { probes: probes.length, read: 0, asked: 0, answered: 0, because: null };
  }
  const missed = ([, { asked: all, answered, because }]: (typeof asked)[number]) =>
    because === null ? 0 : all - answered;
  const worst = asked.reduce((most, one) => (missed(one) > missed(most) ? one : most));
  const sum = (of: (readings: ProbeReadings) => number) =>
    asked.reduce((total, [, readings]) => total + of(readings), 0);
  return {
    probes: probes.length,
    read: asked.filter(([, readings]) => isRead(readings)).length,
    asked: sum((one) => Math.max(one.asked, one.due)),
    answered: sum((one) => one.answered),
    because: missed(worst) > 0 ? worst[1].because : null,
  };
}

/** Enough answers came, and often enough, to speak of the whole window. */
export function isRead({ asked, answered, due }: ProbeReadings): boolean {
  if (answered === 0) return false;
  const { answeredShareMin, dueShareMin } = COVERAGE;
  return answered >= answeredShareMin * asked && answered >= dueShareMin * due;
}

/** So little was answered that nothing at all may be ruled out. */
export function isUnwatched({ probes, read }: Coverage): boolean {
  return read < COVERAGE.probesShareMin * probes;
}
