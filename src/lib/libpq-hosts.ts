import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { EndpointHost } from "./endpoint.ts";
import { findPassword, refusePasswordFile } from "./libpq-files.ts";
import type { LibpqSurroundings, Setting } from "./libpq-sources.ts";
import { Secret } from "./secret.ts";

const DEFAULT_PORT = "5432";

/** Hosts as they are to be tried, or what is wrong with them. */
export interface FoundHosts {
  readonly hosts: readonly EndpointHost[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Hosts, addresses and ports, of which there is one for all hosts or one for each. A host that is left
 * out is the folder of sockets, as with psql.
 */
export async function readHosts(
  settings: ReadonlyMap<string, Setting>,
  surroundings: LibpqSurroundings,
): Promise<FoundHosts> {
  const list = (name: string) => settings.get(name)?.value.split(",");
  const [names, addresses, ports] = [list("host"), list("hostaddr"), list("port")];
  const count = addresses?.length ?? names?.length ?? 1;
  if (names !== undefined && names.length !== count) {
    return failed(`there are ${tell(names, "host")} and ${tell(addresses!, "address")}`);
  }
  if (ports !== undefined && ports.length !== 1 && ports.length !== count) {
    return failed(
      `there are ${count} hosts and ${ports.length} ports: give one port, or one for each host`,
    );
  }
  const faults = new Set<string>();
  const hosts: EndpointHost[] = [];
  for (let index = 0; index < count; index += 1) {
    const text = (ports?.length === 1 ? ports[0] : ports?.[index])?.trim() || DEFAULT_PORT;
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
      faults.add(explainPort(text, settings.get("port")!));
    }
    const [host = "", address = ""] = [names?.[index], addresses?.[index]];
    if (host.startsWith("@")) faults.add(ABSTRACT);
    if (address !== "") hosts.push({ host: host || address, port, address });
    else hosts.push({ host: host || (await findSocketFolder(surroundings, port)), port });
  }
  if (faults.size > 0) return { hosts: [], faults: [...faults], warnings: [] };
  const isUnsaid = [names, addresses, ports].every((given) => given === undefined);
  const other = isUnsaid ? await findOnlyServer(surroundings, hosts[0]!) : null;
  if (other === null) return { hosts, faults: [], warnings: [] };
  const warning = `No host or port was given and no server uses port ${DEFAULT_PORT}: connecting to the only one with a socket in ${other.host}, on port ${other.port}.`;
  return { hosts: [other], faults: [], warnings: [warning] };
}

const ABSTRACT =
  "a host that begins with `@` is an abstract socket, which Node.js cannot connect to: use a socket directory, or TCP/IP";

function failed(fault: string): FoundHosts {
  return { hosts: [], faults: [fault], warnings: [] };
}

function tell({ length }: readonly string[], noun: string): string {
  if (length === 1) return `1 ${noun}`;
  return `${length} ${noun}${noun.endsWith("s") ? "es" : "s"}`;
}

/** A port out of a connection string may be half of a password, and is not shown. */
function explainPort(text: string, { from }: Setting): string {
  const wanted = "not a port number from 1 to 65535";
  if (!from.startsWith("PG")) return `the port in ${from} is ${wanted}`;
  const link = /^\w+:\/\//.test(text)
    ? " (Docker and Kubernetes set such variables for a service named `pg`)"
    : "";
  return `${from} is \`${text}\`${link}, ${wanted}`;
}

/** The first folder that has the socket; else the first one that is there. */
async function findSocketFolder(
  { socketFolders }: LibpqSurroundings,
  port: number,
): Promise<string> {
  for (const wanted of [`.s.PGSQL.${port}`, ""]) {
    for (const folder of socketFolders) {
      if (await isThere(path.join(folder, wanted))) return folder;
    }
  }
  return socketFolders[0]!;
}

/**
 * Where nobody names a port and none listens on the default one, Debian's psql takes the machine's only
 * server; `null` where there is none, or more than one.
 */
async function findOnlyServer(
  { socketFolders }: LibpqSurroundings,
  { host, port }: EndpointHost,
): Promise<EndpointHost | null> {
  if (await isThere(path.join(host, `.s.PGSQL.${port}`))) return null;
  const folder = socketFolders[0]!;
  const ports = await portsOfSockets(folder);
  return ports.length === 1 ? { host: folder, port: ports[0]! } : null;
}

/** Ports whose sockets lie in a folder, sorted. */
export async function portsOfSockets(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((name) => /^\.s\.PGSQL\.(\d+)$/.exec(name)?.slice(1) ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** The hosts with what the password file has for each, where that is not the same for all. */
export async function readPasswordFile(
  settings: ReadonlyMap<string, Setting>,
  whom: {
    readonly hosts: readonly EndpointHost[];
    readonly user: string;
    readonly database: string;
  },
  { home, socketFolders }: LibpqSurroundings,
): Promise<{
  readonly hosts: readonly EndpointHost[];
  readonly password: string | null;
  readonly warnings: readonly string[];
}> {
  const { hosts, user, database } = whom;
  const nothing = { hosts, password: null };
  const file =
    settings.get("passfile")?.value ?? (home === null ? null : path.join(home, ".pgpass"));
  const facts = file === null ? null : await stat(file).catch(() => null);
  if (file === null || facts === null) return { ...nothing, warnings: [] };
  const because = refusePasswordFile(facts.mode);
  if (because !== null) {
    return { ...nothing, warnings: [`Password file ${file} is not used: ${because}.`] };
  }
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) {
    return { ...nothing, warnings: [`Password file ${file} is not used: it cannot be read.`] };
  }
  const found = hosts.map(({ host, port }) => {
    const names = socketFolders.includes(host) ? ["localhost", host] : [host];
    return findPassword(text, { hosts: names, port, database, user });
  });
  if (found.every((password) => password === found[0])) {
    return { hosts, password: found[0] ?? null, warnings: [] };
  }
  const own = hosts.map((host, index) => {
    const password = found[index] ?? null;
    return password === null ? host : { ...host, password: new Secret(password) };
  });
  return { hosts: own, password: null, warnings: [] };
}
