import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDiskstats } from "./proc-diskstats.ts";
import { parseNamedNumbers } from "./proc-files.ts";
import { parseNetDev, parseProtocolCounters } from "./proc-net.ts";
import { parsePressure } from "./proc-pressure.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`./fixtures/proc/${name}`, import.meta.url), "utf8");

test("reads a disk's requests, sectors as bytes", () => {
  const disks = parseDiskstats(fixture("diskstats"));
  expect(disks.find(({ device }) => device === "vda")).toEqual({
    major: 254,
    minor: 0,
    device: "vda",
    reads: 135390,
    readsMerged: 31839,
    readBytes: 6322186 * 512,
    readMs: 211750,
    writes: 83874,
    writesMerged: 60580,
    writtenBytes: 8631616 * 512,
    writeMs: 54006,
    inFlight: 0,
    ioMs: 48348,
    queuedMs: 272128,
    discards: 19363,
    flushes: 21822,
    flushMs: 2033,
  });
});

test("leaves null what an old kernel does not count", () => {
  const old = parseDiskstats(fixture("diskstats").replaceAll(/^(\s*(?:\S+\s+){13}\S+).*$/gm, "$1"));
  expect(old.find(({ device }) => device === "vda")).toMatchObject({
    queuedMs: 272128,
    discards: null,
    flushes: null,
    flushMs: null,
  });
});

test("reads memory in bytes", () => {
  const memory = parseNamedNumbers(fixture("meminfo"));
  expect(memory.get("MemTotal")).toBe(24684092 * 1024);
  expect(memory.get("HugePages_Total")).toBe(0);
});

test("reads an interface's traffic in both directions", () => {
  expect(parseNetDev(fixture("net-dev"))).toEqual([
    {
      name: "lo",
      receivedBytes: 61124019,
      receivedPackets: 273953,
      receiveErrors: 0,
      receiveDrops: 0,
      sentBytes: 61124019,
      sentPackets: 273953,
      sendErrors: 0,
      sendDrops: 0,
    },
  ]);
});

test("reads a protocol's counters by their names", () => {
  const counters = parseProtocolCounters(fixture("net-snmp"));
  expect(counters.get("Tcp.RetransSegs")).toBe(140);
  expect(counters.get("Tcp.OutSegs")).toBe(284225);
});

test("reads pressure as a ratio and milliseconds, and null where there is none", () => {
  const text = fixture("pressure-io");
  expect(parsePressure(text, "some")).toEqual({ avg10Ratio: 0.0046, totalMs: 21215.715 });
  expect(parsePressure(text, "full")).toEqual({ avg10Ratio: 0.002, totalMs: 15087.661 });
  expect(parsePressure(null, "some")).toBeNull();
  expect(parsePressure("some avg10=1 total=2", "full")).toBeNull();
});
