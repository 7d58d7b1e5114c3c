/**
 * Connection settings as libpq writes them: `postgresql://user@host:5432/database?sslmode=require`,
 * `host=… port=…`, or a database's name alone. Only reading; who wins over whom stands in
 * `libpq-sources.ts`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
import { isLibpqParameter, LIBPQ_PARAMETERS } from "./libpq-parameters.ts";
import { explainUnknown } from "./libpq-unknown.ts";
import { parseUri } from "./libpq-uri.ts";

/** Keyword → value, as libpq names them: `host`, `port`, `dbname`, `user`, `password`, `sslmode`, … */
export type LibpqSettings = Readonly<Record<string, string>>;

/** What was read, or all that is wrong with it, as clauses that show no secret. */
export type ParsedSettings =
  | { readonly settings: LibpqSettings; readonly warnings: readonly string[] }
  | { readonly faults: readonly string[] };

/** `postgresql+psycopg2://`, `jdbc:postgresql://` and the like: what stands in front of `://`. */
const SCHEME = /^([A-Za-z][\w+.:-]*):\/\//;

/** Reads what `psql` would take behind its options. */
export function parseConnectionString(text: string): ParsedSettings {
  const trimmed = text.trim();
  const [, scheme] = SCHEME.exec(trimmed) ?? [];
  if (scheme === "postgresql" || scheme === "postgres") return parseUri(trimmed);
  if (scheme !== undefined) return { faults: [explainScheme(scheme)] };
  if (trimmed === "") return { settings: {}, warnings: [] };
  if (trimmed.includes("=")) return parseKeywords(trimmed);
  if (!/[:/@\s]/.test(trimmed)) return { settings: { dbname: trimmed }, warnings: [] };
  const because =
    "a word without `=` is a database name, as in psql, and this does not look like one: write `postgresql://USER@HOST:PORT/DATABASE`";
  return { faults: [because] };
}

function explainScheme(scheme: string): string {
  const name = `\`${scheme}://\``;
  if (/^postgres(ql)?$/i.test(scheme)) return `${name} must be written \`postgresql://\``;
  if (/^jdbc:postgres/i.test(scheme)) return `${name} is a JDBC URL: drop the prefix \`jdbc:\``;
  if (/^postgres(ql)?\+/i.test(scheme)) {
    const prefix = scheme.slice(scheme.indexOf("+"));
    return `${name} names a driver: drop \`${prefix}\`, so that it begins with \`postgresql://\``;
  }
  return `${name} is not a scheme that libpq knows: use \`postgresql://\` or \`postgres://\``;
}

/** Whom to reach and as whom: for these, a value that looks like `port=` is never meant. */
const PLACES = ["host", "hostaddr", "port", "user", "dbname", "service", "sslmode"];

/** `name = value`; blanks around `=`; values in single quotes where they hold blanks, `\` before `'` and `\`. */
const NAME = /\s*([^=\s]+)\s*/y;
const VALUE = /=\s*(?:'((?:[^'\\]|\\.)*)'|((?![\s'])(?:[^\s\\]|\\.?)*))/suy;

function parseKeywords(text: string): ParsedSettings {
  if (/^\s*(host|server)\s*=[^\s;']*;\s*\w+(\s\w+)?\s*=/i.test(text)) {
    return {
      faults: [
        "its parameters are separated by `;`, as in .NET: separate them by spaces, as in `host=… port=… dbname=… user=…`",
      ],
    };
  }
  const settings: Record<string, string> = {};
  const faults: string[] = [];
  const warnings: string[] = [];
  let at = 0;
  let isBehindSecret = false;
  while (at < text.length) {
    const [whole = "", name = ""] = matchAt(NAME, text, at) ?? [];
    const place = `at character ${at + (whole.length - whole.trimStart().length) + 1}`;
    const found = matchAt(VALUE, text, at + whole.length);
    if (found === null) {
      // What stands here may be a password: only its place is shown.
      const isOpen = text[at + whole.length] === "=";
      faults.push(
        isOpen
          ? `the quoted value ${place} is not closed`
          : `expected \`name=value\` ${place}${isBehindSecret ? `: ${QUOTE_IT}` : ""}`,
      );
      break;
    }
    const [all, quoted, bare = ""] = found;
    const value = (quoted ?? bare).replace(/\\(.?)/gsu, "$1");
    if (isLibpqParameter(name)) {
      const swallowed = quoted === undefined && /^=\s/.test(all) ? nameBefore(value) : null;
      if (swallowed !== null) {
        const what = `\`${name}=\` has no value, so libpq uses the next word, \`${swallowed}=…\`, as its value: remove it, or write \`${name}=''\``;
        if (PLACES.includes(name)) faults.push(what);
        else warnings.push(`In the connection string ${what}.`);
      }
      settings[name] = value;
    } else {
      faults.push(isBehindSecret ? afterSecret(place) : explainUnknown(name, place));
    }
    isBehindSecret = quoted === undefined && LIBPQ_PARAMETERS[name]?.isSecret === true;
    at += whole.length + all.length;
    const [blanks = ""] = /^\s*/.exec(text.slice(at)) ?? [];
    // Text right behind a closing quote is the next name, as for libpq.
    at += blanks.length;
  }
  return faults.length > 0 ? { faults } : { settings, warnings };
}

const QUOTE_IT = "a password with spaces must be in single quotes";

function afterSecret(place: string): string {
  return `what is written ${place}, after a password, is not a libpq parameter: ${QUOTE_IT}`;
}

function nameBefore(value: string): string | null {
  const [, name = ""] = /^(\w+)=/.exec(value) ?? [];
  return isLibpqParameter(name) ? name : null;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
