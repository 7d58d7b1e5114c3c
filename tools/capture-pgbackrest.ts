/**
 * Stores what the installed pgBackRest tells of a backup, as a fixture of its reader.
 * `npx tsx tools/capture-pgbackrest.ts`
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { nodeProcesses } from "../src/lib/node-processes.ts";
import { listMembers } from "../test/e2e/faults/find-member.ts";
import { withCluster } from "../test/e2e/cluster/with-cluster.ts";

const FOLDER = new URL("../src/targets/local/cluster/pgbackrest/fixtures/", import.meta.url);

await withCluster({ instances: 1, archive: { pgbackrest: {} } }, async ({ handle, can }) => {
  await can.recovery.takeBackup(AbortSignal.timeout(60_000));
  const home = path.dirname(path.dirname(listMembers(handle)[0]!.dataDirectory));
  const processes = nodeProcesses();
  const { stdout: version } = await processes.run("pgbackrest", ["version"]);
  const { stdout } = await processes.run("pgbackrest", [
    `--config=${home}/pgbackrest/pgbackrest.conf`,
    "--stanza=pgdyno",
    "--output=json",
    "info",
  ]);
  const text = `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`.replaceAll(home, "/run");
  await writeFile(new URL(`info-${/[\d.]+/.exec(version)![0]}.json`, FOLDER), text);
});
