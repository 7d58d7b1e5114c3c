import type { Processes, ProcessUser } from "../../lib/processes.ts";

/** `nobody` on Linux and macOS alike, where the group has the same number or is of no matter. */
const NOBODY: ProcessUser = { uid: 65534, gid: 65534 };

/**
 * Who the server runs as: `null` for the caller, or, since PostgreSQL refuses root, `postgres` where
 * that user exists and `nobody` where not.
 */
export async function chooseServerUser(processes: Processes): Promise<ProcessUser | null> {
  if (process.getuid?.() !== 0) return null;
  const read = async (flag: "-u" | "-g") => {
    const { status, stdout } = await processes.run("id", [flag, "postgres"]);
    return status === 0 ? Number(stdout) : null;
  };
  const [uid, gid] = await Promise.all([read("-u"), read("-g")]);
  return uid === null || gid === null ? NOBODY : { uid, gid };
}
