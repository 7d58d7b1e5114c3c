import { afterAll, beforeAll, beforeEach } from "vitest";
import { listMembers, type TestMember } from "../faults/find-member.ts";
import { withCluster, type Given, type TestCluster } from "./with-cluster.ts";

/** A cluster for all tests of a file, whole again before each. */
export interface SharedCluster {
  /** Only within a test. */
  get(): TestCluster;
  /** The member that takes writes now: a test before may have failed over. */
  primary(): TestMember;
  /** The first member that follows it now. */
  standby(): TestMember;
}

/** A member that was killed or cut off may have to be copied anew. */
const WHOLE_MS = 60_000;

/**
 * Brings one cluster up before the first test of the file, and down after the last: starting servers
 * is most of the time that such tests take.
 */
export function shareCluster(given: Given): SharedCluster {
  let shared: TestCluster | undefined;
  let finish = () => {};
  let down: Promise<void> = Promise.resolve();
  const get = () => {
    if (shared === undefined) throw new Error("The cluster is not up.");
    return shared;
  };
  const find = (wanted: "primary" | "standby") => {
    const members = listMembers(get().handle);
    const member = members.find(({ role }) => role === wanted);
    if (member !== undefined) return member;
    const roles = members.map(({ name, role }) => `${name} is ${role}`).join(", ");
    throw new Error(`No member is ${wanted}: ${roles}.`);
  };
  beforeAll(async () => {
    await new Promise<void>((resolve, reject) => {
      const isOver = new Promise<void>((over) => (finish = over));
      down = withCluster(given, async (test) => {
        shared = test;
        resolve();
        await isOver;
      });
      down.catch(reject);
    });
  });
  beforeEach(() => get().cluster.untilHealthy(AbortSignal.timeout(WHOLE_MS)));
  afterAll(async () => {
    finish();
    await down;
  });
  return { get, primary: () => find("primary"), standby: () => find("standby") };
}
