import { tmpdir } from "node:os";
import type { PartContext } from "../contracts/context.ts";
import { systemClock } from "../engine/system-clock.ts";
import { nodeProcesses } from "../lib/node-processes.ts";
import { randomFrom } from "../lib/random.ts";

/** What parts are handed to plan with: they may look, and must set nothing up. */
export function makePlanContext(seed: string, say: PartContext["say"] = () => {}): PartContext {
  return {
    clock: systemClock(),
    random: randomFrom(seed),
    processes: nodeProcesses(),
    scratchDirectory: tmpdir(),
    journal: {
      enter: ({ undo }) => Promise.reject(new Error(`A plan sets nothing up, but wants ${undo}.`)),
    },
    say,
  };
}
