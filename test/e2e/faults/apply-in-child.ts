/**
 * Applies one fault to a cluster that another process runs, says so, and waits to be killed. What it
 * needs to know comes on standard input, since the superuser's password is in it.
 */
import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { text } from "node:stream/consumers";
import { CATALOG } from "../../../src/cli/catalog.ts";
import type { Cluster } from "../../../src/contracts/cluster.ts";
import type { PartContext } from "../../../src/contracts/context.ts";
import { journaledProcesses } from "../../../src/engine/journaled-processes.ts";
import { openJournal } from "../../../src/engine/journal.ts";
import { systemClock } from "../../../src/engine/system-clock.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { randomFrom } from "../../../src/lib/random.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { WalRoutes } from "../../../src/targets/local/capabilities/wal-streams.ts";
import { localCapabilities } from "../../../src/targets/local/capabilities/local-capabilities.ts";
import type { TestMember } from "./find-member.ts";
import { faultContext } from "./fault-context.ts";

/** What the child is told. */
export interface ChildScene {
  readonly fault: string;
  readonly options: unknown;
  readonly on: string;
  readonly timeLimitMs: number;
  readonly stateDirectory: string;
  readonly members: readonly TestMember[];
  readonly admin: Omit<Endpoint, "password"> & { readonly password: string };
}

const scene = JSON.parse(await text(process.stdin)) as ChildScene;
const journal = openJournal("child", scene.stateDirectory);
const clock = systemClock();
const context: PartContext = {
  clock,
  random: randomFrom("child"),
  processes: journaledProcesses(nodeProcesses(), journal),
  scratchDirectory: scene.stateDirectory,
  journal,
  say: (line) => process.stdout.write(`said ${line}\n`),
};
const unused = () => {
  throw new Error("not in this test");
};
const cluster: Cluster = {
  clock,
  members: () => scene.members,
  primary: () => scene.members.find(({ role }) => role === "primary")?.name ?? null,
  synchronous: null,
  onEvent: unused,
  events: () => [],
  switchover: unused,
  isHealthy: unused,
  untilHealthy: unused,
};
const admin: Endpoint = { ...scene.admin, password: new Secret(scene.admin.password) };
const routes: WalRoutes = {
  route: unused,
  undoingOf: unused,
  addressOf: (name) => scene.members.find((member) => member.name === name)!.address,
  monitorOf: () => admin,
};
const can = localCapabilities({
  members: {
    members: scene.members.map(({ name, dataDirectory, address }) => ({
      name,
      dataDirectory,
      admin: { ...admin, hosts: [address] },
    })),
    cluster,
  },
  routes,
  load: admin,
  segmentBytes: 16 * 1024 ** 2,
  context,
});
const target: TargetHandle = {
  loadEndpoint: admin,
  adminEndpoint: admin,
  instances: [],
  facts: unused,
  binDirectory: null,
  checkpoint: unused,
  keepData: unused,
  restoreData: unused,
  can,
  cluster,
};
const fault = CATALOG.faults.find(({ id }) => id === scene.fault)!;
const { options, timeLimitMs, on } = scene;
const applied = await fault.apply(
  faultContext(fault, { context, target, on }, { options, timeLimitMs }),
);
process.stdout.write(`applied ${applied.text}\n`);
setInterval(() => undefined, 1000);
