import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { notDurable as rule } from "./not-durable.ts";

const judge = (settings: Record<string, string>) => rule.judge(evidenceOf({}, { settings }));
const safe = { fsync: "on", full_page_writes: "on", synchronous_commit: "on" };

test("fails where a setting trades durability away, and names it", () => {
  expect(judge({ ...safe, synchronous_commit: "off" })).toMatchObject({
    is: "fail",
    because: "The server runs with synchronous_commit = off.",
  });
});

test("passes with safe settings, waiting for standbys or not", () => {
  expect(judge(safe).is).toBe("pass");
  expect(judge({ ...safe, synchronous_commit: "remote_apply" }).is).toBe("pass");
});

test("is unknown, never a pass, where the settings were not read", () => {
  expect(judge({}).is).toBe("unknown");
});
