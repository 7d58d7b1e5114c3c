import type { Processes, ProcessUser } from "../../../lib/processes.ts";
import { findPostgresql, type FoundPostgresql } from "../find-postgresql.ts";
import type { Parameters } from "../parameters.ts";
import { withTrialCluster } from "./trial-cluster.ts";

const MAJORS = [14, 15, 16, 17, 18] as const;
const SOURCES = ["embedded", "machine"] as const;

interface Asker {
  readonly processes: Processes;
  readonly user: ProcessUser | null;
}

interface Build {
  readonly found: FoundPostgresql;
  readonly from: (typeof SOURCES)[number];
}

/** Looks for the PostgreSQLs of this machine at the first question. */
export interface OtherBuilds {
  /**
   * How an experiment would have settings that its own PostgreSQL refuses: the nearest other build that takes
   * them, the same version first, then later and earlier ones. `null` where none does.
   */
  find(parameters: Parameters): Promise<string | null>;
}

export function otherBuilds(than: FoundPostgresql, asker: Asker): OtherBuilds {
  let known: Promise<readonly Build[]> | undefined;
  return {
    async find(parameters) {
      known ??= listBuilds(than, asker);
      for (const { found, from } of await known) {
        if (!(await takes(parameters, found, asker))) continue;
        const isSame = found.major === than.major;
        const how = [
          ...(isSame ? [] : [`version: ${found.major}`]),
          ...(isSame || from === "machine" ? [`from: ${from}`] : []),
        ];
        return `PostgreSQL ${found.version} (${found.provenance}) takes it: \`${how.join(", ")}\`.`;
      }
      return null;
    },
  };
}

async function listBuilds(than: FoundPostgresql, asker: Asker): Promise<readonly Build[]> {
  const order = MAJORS.toSorted((a, b) => rank(a, than.major) - rank(b, than.major));
  const wanted = order.flatMap((version) => SOURCES.map((from) => ({ version, from })));
  const builds = await Promise.all(
    wanted.map(async ({ version, from }): Promise<Build[]> => {
      try {
        const found = await findPostgresql({ version, from }, { ...asker, mayFetch: false });
        return found.binDirectory === than.binDirectory ? [] : [{ found, from }];
      } catch {
        return []; // Not on this machine.
      }
    }),
  );
  return builds.flat();
}

function rank(major: number, own: number): number {
  return major >= own ? major - own : MAJORS.length + own - major;
}

async function takes(
  parameters: Parameters,
  found: FoundPostgresql,
  { processes, user }: Asker,
): Promise<boolean> {
  const complaints = await withTrialCluster({ found, processes, user }, null, (cluster) =>
    cluster.read(parameters),
  );
  return complaints?.length === 0;
}
