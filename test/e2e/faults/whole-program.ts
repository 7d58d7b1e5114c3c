/** A whole program: brings a cluster up, applies faults to it that only its managers can undo, and waits. */
import { CATALOG } from "../../../src/cli/catalog.ts";
import { journaledProcesses } from "../../../src/engine/journaled-processes.ts";
import { openJournal } from "../../../src/engine/journal.ts";
import { systemClock } from "../../../src/engine/system-clock.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { randomFrom } from "../../../src/lib/random.ts";
import { local } from "../../../src/targets/local/index.ts";
import { localOptions } from "../../../src/targets/local/options.ts";
import { faultContext } from "./fault-context.ts";
import { listMembers } from "./find-member.ts";

const stateDirectory = process.argv[2]!;
const journal = openJournal("whole", stateDirectory);
const context = {
  clock: systemClock(),
  random: randomFrom("whole"),
  processes: journaledProcesses(nodeProcesses(), journal),
  scratchDirectory: stateDirectory,
  journal,
  say: () => undefined,
};
const options = localOptions.parse({
  instances: 3,
  archive: {},
  postgresql: { version: 15, from: "machine", parameters: { shared_buffers: "32MB" } },
});
const opened = local.open(options, context);
for (const step of opened.steps) await step.up(AbortSignal.timeout(90_000));
const target = opened.handle();
for (const [id, on] of [
  ["network-cut", "pg2"],
  ["stop-standby", "pg3"],
  ["archive-hanging", "pg1"],
  ["freeze-walreceiver", "pg2"],
] as const) {
  const fault = CATALOG.faults.find((candidate) => candidate.id === id)!;
  const applied = await fault.apply(faultContext(fault, { context, target, on }));
  process.stdout.write(`applied ${applied.text}\n`);
}
const { password, ...admin } = target.adminEndpoint!;
const members = listMembers(target).map(({ name, dataDirectory, address }) => ({
  name,
  dataDirectory,
  address,
}));
const told = { members, admin: { ...admin, password: password!.reveal() } };
process.stdout.write(`all ${JSON.stringify(told)}\n`);
setInterval(() => undefined, 1000);
