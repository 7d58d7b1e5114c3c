import { expect, test } from "vitest";
import { formatSetting } from "./format-setting.ts";

test("says a setting as people write it, and leaves special values alone", () => {
  const say = (value: string, unit: string | null) =>
    formatSetting({ value, unit, source: "default" });
  expect([
    say("131072", "8kB"),
    say("1024", "MB"),
    say("300", "s"),
    say("-1", "ms"),
    say("0", "kB"),
    say("on", null),
    say("", null),
  ]).toEqual(["1 GB", "1 GB", "5 min", "-1", "0", "on", "(empty)"]);
});
