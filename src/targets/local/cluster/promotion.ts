import { access, chown, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ProcessUser } from "../../../lib/processes.ts";
import type { MemberSite } from "./member-site.ts";

/**
 * Tells a standby to end its recovery, as `pg_ctl promote` does: without starting a program.
 *
 * @see https://www.postgresql.org/docs/current/warm-standby-failover.html
 */
export async function signalPromotion(
  { dataDirectory }: Pick<MemberSite, "dataDirectory">,
  postmasterPid: number,
  user: ProcessUser | null,
): Promise<void> {
  await writeOwn(path.join(dataDirectory, "promote"), user);
  process.kill(postmasterPid, "SIGUSR1");
}

/** True for data that is to come up as a standby. */
export async function hasStandbySignal({
  dataDirectory,
}: Pick<MemberSite, "dataDirectory">): Promise<boolean> {
  return access(path.join(dataDirectory, "standby.signal")).then(
    () => true,
    () => false,
  );
}

/** Has the data come up as a standby. */
export async function makeStandby(
  { dataDirectory }: Pick<MemberSite, "dataDirectory">,
  user: ProcessUser | null,
): Promise<void> {
  await writeOwn(path.join(dataDirectory, "standby.signal"), user);
  await rm(path.join(dataDirectory, "promote"), { force: true });
}

async function writeOwn(file: string, user: ProcessUser | null): Promise<void> {
  await writeFile(file, "", { mode: 0o600 });
  if (user !== null) await chown(file, user.uid, user.gid);
}
