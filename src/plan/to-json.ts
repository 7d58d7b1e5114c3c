import type { Json } from "../record/json.ts";

/** Keys whose text is a secret as a whole. A connection string keeps all but its password. */
const SECRET_KEY = /pass(word|wd|phrase)?$|secret|token/i;

/**
 * As JSON has it, for people and records: secrets become `***`, what is not given is left out.
 * A text that holds a connection string loses its password, whatever its key.
 */
export function toJson(value: unknown): Json {
  return toPlainJson(value, (key, inside) => {
    if (typeof inside !== "string") return inside;
    return SECRET_KEY.test(key) ? "***" : redactConnectionString(inside);
  });
}

/** As JSON has it, to be used again: only what is a `Secret` becomes `***`. */
export function toPlainJson(
  value: unknown,
  replace?: (key: string, inside: unknown) => unknown,
): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value, replace)) as Json);
}

/**
 * The text with `***` where a connection string has its password: a URI's user information or
 * parameter, or `password=…`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
function redactConnectionString(text: string): string {
  return text
    .replaceAll(/(postgres(?:ql)?:\/\/[^:@/?#\s]*):[^\s]*@/g, "$1:***@")
    .replaceAll(/([?&](?:ssl)?password=)[^&#\s]*/g, "$1***")
    .replaceAll(/(^|\s)((?:ssl)?password\s*=\s*)('(?:[^'\\]|\\.)*'?|(?:[^\s\\]|\\.)*)/g, "$1$2***");
}
