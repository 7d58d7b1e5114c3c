import { undoEntry } from "../contracts/undoer.ts";
import { endProcessUndoer } from "../undoers/end-process.ts";
import type { Journal } from "../contracts/context.ts";
import { processStartOrNull } from "../lib/process-identity.ts";
import type { Processes, RunningProcess } from "../lib/processes.ts";

/**
 * The same programs, each written into the journal while it runs: should this process be killed,
 * no load generator goes on without it.
 */
export function journaledProcesses(processes: Processes, journal: Journal): Processes {
  return {
    ...processes,
    spawn: (file, args, options) => {
      const program = processes.spawn(file, args, options);
      void keep(program, file, journal);
      return program;
    },
  };
}

async function keep(program: RunningProcess, file: string, journal: Journal): Promise<void> {
  const startedAt = processStartOrNull(program.pid);
  if (startedAt === null) return; // It has ended, or never began.
  const strike = await journal.enter(
    undoEntry(endProcessUndoer, { pid: program.pid, startedAt, title: file }),
  );
  await program.exit.catch(() => undefined); // How it ended is its caller's business.
  await strike();
}
