/**
 * Connection settings as libpq writes them: `postgresql://user@host:5432/database?sslmode=require` or
 * `host=… port=…`. Only reading; who wins over whom stands in `libpq-endpoint.ts`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */

/** Keyword → value, as libpq names them: `host`, `port`, `dbname`, `user`, `password`, `sslmode`, … */
export type LibpqSettings = Readonly<Record<string, string>>;

/** What was read, or why it cannot be, as a clause that shows no password. */
export type ParsedSettings = { readonly settings: LibpqSettings } | { readonly because: string };

/** Reads a connection string of either form. */
export function parseConnectionString(text: string): ParsedSettings {
  const trimmed = text.trim();
  return /^postgres(ql)?:\/\//.test(trimmed) ? parseUri(trimmed) : parseKeywords(trimmed);
}

/** `scheme://[user[:password]@][host[:port],…][/database][?name=value&…]`, hosts possibly many. */
const URI = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

function parseUri(text: string): ParsedSettings {
  const match = URI.exec(text);
  if (match === null) return { because: "it is no URI of the form `postgresql://host/database`" };
  const [, login, hosts = "", database, query] = match;
  const settings: Record<string, string> = {};
  try {
    if (login !== undefined && login !== "") {
      const [user = "", ...password] = login.split(":");
      if (user !== "") settings["user"] = decodeURIComponent(user);
      if (password.length > 0) settings["password"] = decodeURIComponent(password.join(":"));
    }
    const places = hosts.split(",").map(splitHostPort);
    if (places.includes(null)) return { because: "a host's address or port cannot be read" };
    if (hosts !== "") {
      settings["host"] = places.map((place) => decodeURIComponent(place!.host)).join(",");
      if (places.some((place) => place!.port !== "")) {
        settings["port"] = places.map((place) => place!.port).join(",");
      }
    }
    if (database !== undefined && database !== "") {
      settings["dbname"] = decodeURIComponent(database);
    }
    for (const pair of query === undefined || query === "" ? [] : query.split("&")) {
      const [name = "", value, ...rest] = pair.split("=");
      if (value === undefined || rest.length > 0) {
        return { because: `its parameter \`${name}\` must have one \`=\`` };
      }
      // libpq takes JDBC's `ssl=true` as well.
      if (name === "ssl" && value === "true") settings["sslmode"] = "require";
      else settings[decodeURIComponent(name)] = decodeURIComponent(value);
    }
  } catch {
    return { because: "one of its %-escapes is no UTF-8" };
  }
  return { settings };
}

/** `host`, `host:5432`, `[2001:db8::1]:5432`; `null` where it is none of these. */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | null {
  const match = /^(?:\[([^\]]+)\]|([^:@[\]]*))(?::(\d*))?$/.exec(text);
  return match === null ? null : { host: match[1] ?? match[2] ?? "", port: match[3] ?? "" };
}

/** `name = value`, values in single quotes where they hold blanks, `\` before `'` and `\`. */
const PAIR = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/suy;

function parseKeywords(text: string): ParsedSettings {
  const settings: Record<string, string> = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const at = PAIR.lastIndex;
    const match = PAIR.exec(text);
    if (match === null) {
      // What follows may be a password: only its place is shown.
      return { because: `\`name=value\` is wanted at character ${at + 1}` };
    }
    const [, name = "", quoted, bare = ""] = match;
    settings[name] = (quoted ?? bare).replace(/\\(.)/gsu, "$1");
  }
  return { settings };
}
