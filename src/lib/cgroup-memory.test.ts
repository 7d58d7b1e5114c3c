import { expect, test } from "vitest";
import { cgroupMemoryFiles, parseMemoryLimit } from "./cgroup-memory.ts";

test("looks at the group of version 1 and at all above it", () => {
  expect(cgroupMemoryFiles("9:name=systemd:/\n4:memory:/docker/ab\n1:cpu:/\n")).toEqual([
    "/sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes",
    "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  ]);
});

test("looks at the group of version 2, where a name may hold a colon", () => {
  expect(cgroupMemoryFiles("0::/user.slice/a:b\n")).toEqual([
    "/sys/fs/cgroup/user.slice/a:b/memory.max",
    "/sys/fs/cgroup/user.slice/memory.max",
    "/sys/fs/cgroup/memory.max",
  ]);
});

test("reads a limit, and none where there is none", () => {
  expect(["536870912\n", "max\n", ""].map(parseMemoryLimit)).toEqual([536870912, null, null]);
});
