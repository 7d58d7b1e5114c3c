import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findCgroup } from "./proc-cgroup-chain.ts";

const mountinfo = readFileSync(new URL("./fixtures/proc/mountinfo", import.meta.url), "utf8");
const groups = "3:memory:/db/one\n1:cpu:/\n0::/db\n";

test("gives the group of a process first, then those around it", () => {
  expect(findCgroup("memory", groups, mountinfo)).toEqual({
    version: 1,
    path: "/db/one",
    directories: [
      "/sys/fs/cgroup/memory/db/one",
      "/sys/fs/cgroup/memory/db",
      "/sys/fs/cgroup/memory",
    ],
  });
  expect(findCgroup("cpu", groups, mountinfo)?.directories).toEqual(["/sys/fs/cgroup/cpu"]);
});

test("falls back to the unified tree for a controller that is not mounted by itself", () => {
  expect(findCgroup("io", groups, mountinfo)).toEqual({
    version: 2,
    path: "/db",
    directories: ["/sys/fs/cgroup/unified/db", "/sys/fs/cgroup/unified"],
  });
});

test("takes the part of the tree that a container's mount leaves out off the path", () => {
  const inside = mountinfo.replace("0:32 / ", "0:32 /db ");
  expect(findCgroup("memory", groups, inside)?.directories).toEqual([
    "/sys/fs/cgroup/memory/one",
    "/sys/fs/cgroup/memory",
  ]);
});

test("is null where nothing is mounted", () => {
  expect(findCgroup("cpu", groups, "")).toBeNull();
});
