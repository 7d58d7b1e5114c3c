import { isScalar, isAlias, visit, type Document } from "yaml";
import { findNearMiss } from "../lib/near-miss.ts";

/** A piece of the text that must not be shown: offsets, the end not included. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

/** Such as `dsn`, `monitorDsn`, `password`, `PGPASSWORD`. */
const SECRET_WORD = /dsn|pass|secret|token/i;

/** A key that is nearly one of these counts too: a secret under a misspelt key is one all the same. */
const SECRET_KEYS = ["dsn", "password", "passwd", "passphrase", "pgpassword", "secret", "token"];

/**
 * Secrets where there is no tree to find them in: a file that is no YAML, a comment.
 * User information in a URL; `password=` in a connection string; what follows a key that names a secret.
 */
const SECRET_TEXTS = [
  /(?<=:\/\/)[^\s"'/]*(?:\/[^\s"'@]*)?@/g,
  /(?<=\bpass(?:word|wd)?\s*=\s*)(?:'[^'\n]*'?|"[^"\n]*"?|[^\s'"&,}\]]+)/gi,
  /(?<=\b\w*(?:dsn|pass|secret|token)\w*["']?\s*:\s*)[^\s{[&*>|#][^\n]*/gi,
];

/** Where secrets stand in the text of an experiment: sorted, not overlapping. */
export function findSecrets(text: string, document: Document | null): SecretRange[] {
  const found: SecretRange[] = [];
  for (const pattern of SECRET_TEXTS) {
    for (const match of text.matchAll(pattern)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  if (document !== null) found.push(...findSecretScalars(document));
  return merge(found);
}

/** The text with `***` for every secret; for records and messages. */
export function strikeSecrets(text: string, secrets: readonly SecretRange[]): string {
  let struck = "";
  let from = 0;
  for (const { start, end } of secrets) {
    struck += `${text.slice(from, start)}***`;
    from = end;
  }
  return struck + text.slice(from);
}

function findSecretScalars(document: Document): SecretRange[] {
  const found: SecretRange[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key)) return;
      const key = String(pair.key.value);
      if (!SECRET_WORD.test(key) && findNearMiss(key, SECRET_KEYS) === null) return;
      const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
      if (isScalar(value) && value.range) {
        found.push({ start: value.range[0], end: value.range[1] });
      }
    },
  });
  return found;
}

function merge(ranges: readonly SecretRange[]): SecretRange[] {
  const merged: SecretRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else if (range.end > range.start) {
      merged.push(range);
    }
  }
  return merged;
}
