import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { privilegeMissing as rule } from "./privilege-missing.ts";

const judge = (...missingPrivileges: string[]) =>
  rule.judge(evidenceOf({}, { server: { missingPrivileges } }));
const hidden = "pg-waits: The role lacks pg_read_all_stats: grant it pg_monitor.";

test("fails where the role may not see something, and lists all of it", () => {
  expect(judge("pg-io: pg_stat_io came with PostgreSQL 16.", hidden)).toMatchObject({
    is: "fail",
    because: `Part of the server was not seen. ${hidden}`,
    evidence: [{ value: hidden }],
  });
});

test("takes every sentence on privileges where what is not available has a list of its own", () => {
  const lacks = "Role watcher is not in pg_monitor: much is hidden.";
  const judged = (missingPrivileges: string[], notAvailable: string[]) =>
    rule.judge(evidenceOf({}, { server: { missingPrivileges, notAvailable } })).is;
  expect(judged([lacks], [])).toBe("fail");
  expect(judged([], ["cgroup: permission denied by a role of this machine."])).toBe("pass");
});

test("what a version or a machine lacks is no matter of privileges", () => {
  expect(judge("pg-io: pg_stat_io came with PostgreSQL 16: I/O by process is not known.").is).toBe(
    "pass",
  );
});
