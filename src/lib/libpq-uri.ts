import { isLibpqParameter } from "./libpq-parameters.ts";
import type { ParsedSettings } from "./libpq-settings.ts";
import { explainUnknown } from "./libpq-unknown.ts";

/**
 * `postgresql://[user[:password]@][host[:port],…][/database][?name=value&…]`, read as libpq reads it:
 * the first `@` before any `/` ends the login, so that a password may hold `#`, `?` and `:`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parseUri(text: string): ParsedSettings {
  const rest = text.slice(text.indexOf("://") + 3);
  const faults: string[] = [];
  const settings: Record<string, string> = {};
  const put = (name: string, value: string, what: string) => {
    const decoded = decode(value);
    if (decoded === null)
      faults.push(`${what} contains an invalid percent escape: write a literal \`%\` as \`%25\``);
    else settings[name] = decoded;
  };

  const [, login, place = rest] = /^([^@/]*)@(.*)$/su.exec(rest) ?? [];
  const [, hosts = "", database, query] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/su.exec(place) ?? [];
  if (holdsSlashInPassword({ login, hosts, database, rest })) {
    return { faults: ["the password contains a `/`: write it as `%2F`"] };
  }
  if (login !== undefined) {
    const [user = "", ...password] = login.split(":");
    if (user !== "") put("user", user, "the user name");
    if (password.join(":") !== "") put("password", password.join(":"), "the password");
  }
  readHosts(hosts, faults, put);
  if (database !== undefined && database !== "") put("dbname", database, "the database name");
  readParameters(query ?? "", faults, put);
  return faults.length > 0 ? { faults } : { settings, warnings: [] };
}

/** What was taken for a host and port is a user and the front of a password. */
function holdsSlashInPassword({
  login,
  hosts,
  database = "",
  rest,
}: {
  readonly login: string | undefined;
  readonly hosts: string;
  readonly database: string | undefined;
  readonly rest: string;
}): boolean {
  if (login !== undefined || !/^[^[\],]+:/.test(hosts) || !rest.includes("@")) return false;
  return !/:\d*$/.test(hosts) || /@.*\//.test(database);
}

type Put = (name: string, value: string, what: string) => void;

function readHosts(text: string, faults: string[], put: Put): void {
  const places = text.split(",").map(splitHostPort);
  for (const place of places) if (typeof place === "string") faults.push(place);
  const good = places.filter((place) => typeof place !== "string");
  // Neither is given where all are empty, so that the environment may name them.
  if (text !== "" && good.some(({ host }) => host !== "")) {
    put("host", good.map(({ host }) => host).join(","), "a host");
  } else if (places.length > 1) put("host", ",".repeat(places.length - 1), "a host");
  if (good.some(({ port }) => port !== "") || places.length > 1) {
    put("port", good.map(({ port }) => port).join(","), "a port");
  }
}

/** `host`, `host:5432`, `[2001:db8::1]:5432`; else what is wrong with it. */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | string {
  if (text.includes("@")) {
    return "it contains more than one `@`: in a user name or password, write it as `%40`";
  }
  if (text.startsWith("[")) {
    const [, host, port] = /^\[([^\]]+)\](?::(.*))?$/.exec(text) ?? [];
    if (host !== undefined) return { host, port: port ?? "" };
    return "an IPv6 address must be written as `[ADDRESS]` or `[ADDRESS]:PORT`";
  }
  const colon = text.indexOf(":");
  if (colon < 0) return { host: text, port: "" };
  if (text.indexOf(":", colon + 1) >= 0) {
    return "a host contains more than one `:`: write an IPv6 address as `[ADDRESS]`, and in a password `:` needs a user name and `@`";
  }
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function readParameters(query: string, faults: string[], put: Put): void {
  const pairs = query === "" ? [] : query.replace(/&$/, "").split("&");
  for (const [index, pair] of pairs.entries()) {
    const [rawName = "", value, ...more] = pair.split("=");
    const name = decode(rawName) ?? "";
    const place = `as parameter ${index + 1}`;
    // libpq takes JDBC's `ssl=true` as well.
    if (name === "ssl" && value === "true") put("sslmode", "require", "`ssl`");
    else if (!isLibpqParameter(name)) faults.push(explainUnknown(name, place));
    else if (value === undefined)
      faults.push(`the parameter \`${name}\` has no value: write \`${name}=VALUE\``);
    else if (more.length > 0) {
      faults.push(`the value of \`${name}\` contains a \`=\`: write it as \`%3D\``);
    } else put(name, value, `the value of \`${name}\``);
  }
}

/** Without blanks at the ends, as since libpq 18; `null` where an escape is none. */
function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text.trim());
    return decoded.includes("\0") ? null : decoded;
  } catch {
    return null;
  }
}
