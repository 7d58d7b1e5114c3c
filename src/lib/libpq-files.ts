import { isLibpqParameter } from "./libpq-parameters.ts";
import type { LibpqSettings } from "./libpq-settings.ts";
import { explainUnknown } from "./libpq-unknown.ts";

/** A service's settings; what is wrong with it, as a clause that begins with the line; `null` without such a section. */
export type FoundService =
  | { readonly settings: LibpqSettings }
  | { readonly faults: readonly string[] }
  | null;

/**
 * The settings of one service. The first section of that name counts, and in it the first of two
 * values; blanks at the ends of a line are not seen, those behind `=` are.
 *
 * @see https://www.postgresql.org/docs/current/libpq-pgservice.html
 */
export function findService(text: string, service: string): FoundService {
  const settings: Record<string, string> = {};
  const faults: string[] = [];
  let isInside = false;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (isInside) break;
      isInside = line.startsWith(`[${service}]`);
      continue;
    }
    if (!isInside) continue;
    const fault = readServiceLine(line, settings);
    if (fault !== null) faults.push(`line ${index + 1}: ${fault}`);
  }
  if (faults.length > 0) return { faults };
  return isInside ? { settings } : null;
}

function readServiceLine(line: string, settings: Record<string, string>): string | null {
  if (line.startsWith("ldap")) {
    return "pgdyno does not look services up in LDAP: write the parameters here";
  }
  const equals = line.indexOf("=");
  if (equals < 0) return "expected `name=value`";
  const name = line.slice(0, equals);
  if (name === "service") return "a service cannot refer to another service";
  if (isLibpqParameter(name.trimEnd()) && name !== name.trimEnd()) {
    return `no spaces are allowed around \`=\`: write \`${name.trimEnd()}=…\``;
  }
  if (!isLibpqParameter(name)) return explainUnknown(name, "on this line");
  settings[name] ??= line.slice(equals + 1);
  return null;
}

/** Whom a line of a password file must fit. */
export interface PasswordQuery {
  /** The host as it is called; any of several, as a default folder of sockets is `localhost` too. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password of the first line that fits; `null` where none does, or where it is empty.
 *
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function findPassword(text: string, query: PasswordQuery): string | null {
  const wanted = [query.hosts, [String(query.port)], [query.database], [query.user]];
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    const fields = splitFields(line);
    if (fields.length < 5) continue;
    const fits = wanted.every((values, index) => {
      const { raw, field } = fields[index]!;
      return raw === "*" || values.includes(field);
    });
    if (fits) return fields[4]!.field || null;
  }
  return null;
}

/** Parts between colons; `\:` and `\\` stand for themselves, a bare `*` for anything. */
function splitFields(line: string): readonly { readonly raw: string; readonly field: string }[] {
  return [...line.matchAll(/((?:[^:\\]|\\.?)*)(?::|$)/gsu)].map(([, raw = ""]) => ({
    raw,
    field: raw.replace(/\\(.)/gsu, "$1"),
  }));
}

/**
 * Why a password file must not be used, as a clause; `null` where it may. libpq ignores one that its
 * owner's group or others may read.
 */
export function refusePasswordFile(mode: number): string | null {
  if ((mode & 0o170000) !== 0o100000) return "it is not a plain file";
  return (mode & 0o077) === 0 ? null : "its group or others can read it; run `chmod 600` on it";
}
