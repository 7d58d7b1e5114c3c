/**
 * Brings a cluster up as a run does, says where it is, and holds it until somebody kills this process.
 * Takes `{options, stateDirectory}` on standard input.
 */
import { mkdtempSync } from "node:fs";
import { text } from "node:stream/consumers";
import { openJournal } from "../../../src/engine/journal.ts";
import { systemClock } from "../../../src/engine/system-clock.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { randomFrom } from "../../../src/lib/random.ts";
import { local } from "../../../src/targets/local/index.ts";
import { listMembers } from "../faults/find-member.ts";
import { localOptions } from "../../../src/targets/local/options.ts";

const given = JSON.parse(await text(process.stdin)) as {
  readonly options: unknown;
  readonly stateDirectory: string;
};
const target = local.open(localOptions.parse(given.options), {
  clock: systemClock(),
  random: randomFrom("test"),
  processes: nodeProcesses(),
  scratchDirectory: mkdtempSync("/tmp/pgdyno-scratch-"),
  journal: openJournal("held", given.stateDirectory),
  say: () => undefined,
});
for (const step of target.steps) await step.up(new AbortController().signal);
process.stdout.write(`${JSON.stringify(listMembers(target.handle()))}\n`);
setInterval(() => undefined, 60_000);
