import { expect, test } from "vitest";
import { findMount, parseMountinfo } from "./proc-mountinfo.ts";

/** Shapes from proc_pid_mountinfo(5): optional fields, an escaped blank, a mount over a mount. */
const MOUNTS = parseMountinfo(
  [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "36 27 98:0 /mnt1 /var/lib/my\\040data rw,noatime master:1 - xfs /dev/mapper/data rw",
    "37 27 0:23 / /dev/shm rw - tmpfs tmpfs rw",
    "38 37 0:40 / /dev/shm rw shared:7 propagate_from:2 - ramfs ramfs rw",
    "",
  ].join("\n"),
);

test("takes the longest mount point that holds the path", () => {
  expect(findMount(MOUNTS, "/var/lib/my data/pg")).toMatchObject({
    mountPoint: "/var/lib/my data",
    type: "xfs",
    source: "/dev/mapper/data",
  });
  expect(findMount(MOUNTS, "/var/lib/my database")?.source).toBe("/dev/vda");
});

test("takes the mount that hides the one below it", () => {
  expect(findMount(MOUNTS, "/dev/shm")?.type).toBe("ramfs");
});

test("is null where there is nothing to read", () => {
  expect(findMount(parseMountinfo(""), "/")).toBeNull();
});
