import type { LibpqSettings } from "./libpq-settings.ts";

/**
 * The settings of one service; `null` where the file has no such section.
 *
 * @see https://www.postgresql.org/docs/current/libpq-pgservice.html
 */
export function findService(text: string, service: string): LibpqSettings | null {
  let settings: Record<string, string> | null = null;
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const section = /^\[(.*)\]$/.exec(trimmed);
    if (section !== null) {
      if (settings !== null) return settings; // The first section of that name counts.
      if (section[1] === service) settings = {};
      continue;
    }
    const equals = trimmed.indexOf("=");
    if (settings === null || equals < 0) continue;
    settings[trimmed.slice(0, equals).trim()] = trimmed.slice(equals + 1).trim();
  }
  return settings;
}

/** Whom a line of a password file must fit. A socket folder counts as `localhost`. */
export interface PasswordQuery {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password of the first line that fits; `null` where none does.
 *
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function findPassword(text: string, query: PasswordQuery): string | null {
  const host = query.host.startsWith("/") ? "localhost" : query.host;
  const wanted = [host, String(query.port), query.database, query.user];
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    const fields = splitFields(line);
    if (fields.length < 5) continue;
    const fits = wanted.every((value, index) => fields[index] === "*" || fields[index] === value);
    if (fits) return fields[4]!;
  }
  return null;
}

/** Parts between colons; `\:` and `\\` stand for themselves, `*` alone for anything. */
function splitFields(line: string): readonly string[] {
  return [...line.matchAll(/((?:[^:\\]|\\.)*)(?::|$)/gsu)].map(([, field = ""]) =>
    field.replace(/\\(.)/gsu, "$1"),
  );
}

/**
 * Why a password file must not be used, as a clause; `null` where it may. libpq ignores one that its
 * owner's group or others may read.
 */
export function refusePasswordFile(mode: number): string | null {
  if ((mode & 0o170000) !== 0o100000) return "it is no plain file";
  return (mode & 0o077) === 0 ? null : "others than its owner may read it; `chmod 600` closes it";
}
