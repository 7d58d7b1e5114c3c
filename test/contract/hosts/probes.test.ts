import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import type { Host } from "../../../src/contracts/host.ts";
import type { Instance } from "../../../src/contracts/instance.ts";
import type { Probe, ProbeSample, ProbeSession } from "../../../src/contracts/probe.ts";
import { localHost } from "../../../src/hosts/local-host.ts";
import { unseenHost } from "../../../src/hosts/unseen-host.ts";
import type { Readings } from "../../../src/record/series-format.ts";
import { standOf } from "./stand.ts";

/** Read from a server's host, but for each server. */
const OF_SERVERS = ["cgroup", "postgres-processes"];
/** Counts from its own first reading on. */
const SINCE_OPENED = ["host-programs"];
/** The kernel lets them fall: https://man7.org/linux/man-pages/man5/proc_stat.5.html */
const MAY_FALL = ["iowaitMs", "idleMs"];

const probes = await loadHostProbes();
const child = spawn("sleep", ["600"], { stdio: "ignore" });
afterAll(() => child.kill("SIGKILL"));

test.each(probes)(
  "$id reads the same through programs that are run on the host as from its files",
  async (probe) => {
    const here = await openOn(probe, localHost());
    const there = await openOn(probe, standOf("elsewhere", []).host);
    expect(there.missing).toEqual(here.missing);
    expect(there.session === null).toBe(here.session === null);
    if (here.session === null || there.session === null) return;
    const before = await readOnce(here.session);
    const between = await readOnce(there.session);
    const after = await readOnce(here.session);
    for (const [key, first] of Object.entries(before)) {
      const [found, last] = [between[key], after[key]];
      if (found === undefined || last === undefined) continue; // It was only there for a moment.
      expect(Object.keys(found), key).toEqual(Object.keys(first));
      if (SINCE_OPENED.includes(probe.id)) continue;
      for (const [name, { kind }] of Object.entries(probe.series)) {
        const values = [first[name] ?? null, found[name] ?? null, last[name] ?? null];
        expect(values.map((value) => value === null)).toEqual(values.map(() => values[0] === null));
        if (kind === "counter" && values[0] !== null && !MAY_FALL.includes(name)) {
          expect(values, `${probe.id}/${name} of ${key}`).toEqual(
            values.toSorted((a, b) => a! - b!),
          );
        }
      }
    }
    const shared = Object.keys(before).filter((key) => key in between);
    if (!SINCE_OPENED.includes(probe.id)) expect(shared.length).toBeGreaterThan(0);
  },
);

test.each(probes)(
  "$id says that a host of which only SQL is reached is not seen",
  async (probe) => {
    const { missing, session } = await openOn(probe, unseenHost("pg1"));
    expect(session).toBeNull();
    expect(missing).toHaveLength(1);
  },
);

async function loadHostProbes(): Promise<readonly Probe[]> {
  const folder = new URL("../../../src/probes/", import.meta.url);
  const files = readdirSync(folder).filter((name) => /^[^.]+\.ts$/.test(name));
  const modules = await Promise.all(
    files.map((name) => import(new URL(name, folder).href) as Promise<Record<string, Probe>>),
  );
  return modules
    .flatMap((module) => Object.values(module))
    .filter(({ id, scope }) => scope === "host" || OF_SERVERS.includes(id));
}

async function openOn(probe: Probe, host: Host) {
  const missing: string[] = [];
  const session = await probe.open({
    host,
    instance: instanceOn(host),
    connection: {
      query: () => Promise.reject(new Error("a host probe asks no server")),
      hasColumns: () => Promise.resolve(false),
    },
    missing: (text) => missing.push(text),
  });
  return { session, missing };
}

/** Any process stands for the postmaster, any folder for its data. */
function instanceOn(host: Host): Instance {
  return {
    name: "pg1",
    host,
    monitorEndpoint: {
      hosts: [{ host: "127.0.0.1", port: 1 }],
    } as unknown as Instance["monitorEndpoint"],
    postmasterPid: host.isSeen ? child.pid! : null,
    dataDirectory: host.isSeen ? "/tmp" : null,
    logFile: null,
  };
}

async function readOnce(session: ProbeSession): Promise<Readonly<Record<string, Readings>>> {
  const sample: ProbeSample = await session.read(AbortSignal.timeout(20_000));
  return "v" in sample ? { "": sample.v } : sample.k;
}
