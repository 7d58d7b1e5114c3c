import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCgroupPlace, removeCgroup } from "./cgroup-limits.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync("/tmp/pgdyno-cgroups-");
});
afterEach(() => rmSync(root, { recursive: true }));

/** A tree of version 2 whose groups hand these controllers on. */
function unified(groups: Readonly<Record<string, string>>): string {
  for (const [group, controllers] of Object.entries(groups)) {
    mkdirSync(path.join(root, group), { recursive: true });
    writeFileSync(path.join(root, group, "cgroup.subtree_control"), `${controllers}\n`);
  }
  return `30 20 0:26 / ${root} rw,nosuid - cgroup2 cgroup2 rw\n`;
}

test("with version 2, the nearest group around it that hands the controller on", () => {
  const mounts = unified({
    "": "cpuset cpu io memory pids",
    "user.slice": "cpu memory pids",
    "user.slice/session.scope": "",
  });
  const groups = "0::/user.slice/session.scope\n";
  expect(findCgroupPlace("cpu", groups, mounts)).toEqual({
    version: 2,
    parentDirectory: path.join(root, "user.slice"),
  });
  // `cpuset` is not `cpu`, and `io` stands only at the root.
  expect(findCgroupPlace("io", groups, mounts)).toEqual({ version: 2, parentDirectory: root });
});

test("none where a container keeps the controllers", () => {
  expect(findCgroupPlace("cpu", "0::/\n", unified({ "": "" }))).toBeNull();
});

test("with version 1, the process's own group; the disk's controller is called blkio there", () => {
  const mounts = [
    `31 20 0:27 / ${root}/cpu rw - cgroup cgroup rw,cpu,cpuacct`,
    `32 20 0:28 / ${root}/blkio rw - cgroup cgroup rw,blkio`,
  ].join("\n");
  const groups = "4:blkio:/\n3:cpu,cpuacct:/box\n";
  expect(findCgroupPlace("cpu", groups, mounts)).toEqual({
    version: 1,
    parentDirectory: path.join(root, "cpu", "box"),
  });
  expect(findCgroupPlace("io", groups, mounts)?.parentDirectory).toBe(path.join(root, "blkio"));
});

test("removes only groups of ours, and is content where there is none", async () => {
  const [ours, other] = [path.join(root, "pgdyno-limit"), path.join(root, "system.slice")];
  mkdirSync(ours);
  mkdirSync(other);
  await removeCgroup(ours);
  await removeCgroup(ours);
  expect(existsSync(ours)).toBe(false);
  await expect(removeCgroup(other)).rejects.toThrow("does not bear pgdyno's name");
  expect(existsSync(other)).toBe(true);
});
