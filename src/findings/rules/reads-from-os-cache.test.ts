import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { readsFromOsCache as rule } from "./reads-from-os-cache.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const growing = (perS: number) => level(0).map((_, i) => (i * perS) / 10);
const judge = (reading: number, readsPerS: number, deviceBytesPerS: number | null = null) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "IO:DataFileRead": level(reading), "CPU*": level(1) },
        "pg-database/allBlocksRead": growing(readsPerS),
        ...(deviceBytesPerS === null
          ? {}
          : { "host-disk/readBytes": { vda: growing(deviceBytesPerS) } }),
      },
      { everyMs: 100, settings: { shared_buffers: ["16384", "8kB"] } },
    ),
  );

test("fails where much time goes into quick reads; an idle disk confirms it", () => {
  expect(judge(1, 40_000)).toMatchObject({ is: "fail", confidence: "suspected" });
  expect(judge(1, 40_000, 0)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "50 % of the active time fetches blocks, 25 µs each: the operating system's cache serves them.",
    advice: expect.stringContaining("(now 128 MB)"),
  });
});

test("passes where reads come from a device, or hardly any time goes into them", () => {
  expect(judge(2, 8000).is).toBe("pass");
  expect(judge(0.1, 4000).is).toBe("pass");
});

test("is unknown where device and times contradict one another, or nothing was read", () => {
  expect(judge(1, 40_000, 200e6).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
