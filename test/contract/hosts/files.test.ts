import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { localHost } from "../../../src/hosts/local-host.ts";
import { stands } from "./stand.ts";

const folder = mkdtempSync("/tmp/pgdyno-host-");
const at = (name: string) => join(folder, name);
const missing = at("missing");

writeFileSync(at("line"), "one\n");
writeFileSync(at("no end of line"), "two");
writeFileSync(at("empty"), "");
writeFileSync(at("like a heading"), `\n==> ${at("empty")} <==\n\n==> ${at("line")} <==\n`);
writeFileSync(at("bytes"), "a\0b ü\n");
writeFileSync(at(".hidden"), "");
mkdirSync(at("some"));
mkdirSync(at("none"));
writeFileSync(at("some/file"), "");
symlinkSync("nowhere", at("some/dangling"));
symlinkSync("../line", at("some/link"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(stands())("$title", ({ host: { files, constants, facts }, roundTrips }) => {
  test("reads many files in one round trip, and null for those that are not there", async () => {
    const names = ["missing", "line", "empty", "no end of line", "missing", "bytes", "line"];
    const before = roundTrips();
    expect(await files.read(names.map(at))).toEqual([
      null,
      "one\n",
      "",
      "two",
      null,
      "a\0b ü\n",
      "one\n",
    ]);
    expect(roundTrips() - before).toBeLessThanOrEqual(1);
    expect(await files.read([])).toEqual([]);
    expect(await files.read([missing])).toEqual([null]);
  });

  test("calls that are made at the same time are one round trip", async () => {
    const before = roundTrips();
    const texts = await Promise.all([
      files.read([at("line")]),
      files.read(["missing", "empty"].map(at)),
    ]);
    expect(texts).toEqual([["one\n"], [null, ""]]);
    expect(roundTrips() - before).toBeLessThanOrEqual(1);
  });

  test("does not take a file's text for another file", async () => {
    const text = `\n==> ${at("empty")} <==\n\n==> ${at("line")} <==\n`;
    expect(await files.read([at("like a heading"), at("line")])).toEqual([text, "one\n"]);
  });

  test("reads more paths than fit into one call", async () => {
    const paths = Array.from({ length: 1000 }, (_, i) => at(i % 2 === 0 ? "line" : "missing"));
    const texts = await files.read(paths);
    expect(texts).toEqual(paths.map((_, i) => (i % 2 === 0 ? "one\n" : null)));
  });

  test("lists folders, hidden names left out", async () => {
    const [some, none, absent, file] = await files.list([
      at("some"),
      at("none"),
      missing,
      at("line"),
    ]);
    expect(some?.toSorted()).toEqual(["dangling", "file", "link"]);
    expect([none, absent, file]).toEqual([[], null, null]);
    const [own] = await files.list([folder]);
    expect(own).not.toContain(".hidden");
  });

  test("tells what links hold, and where paths lead", async () => {
    const paths = ["some/dangling", "some/link", "line", "missing"].map(at);
    expect(await files.links(paths)).toEqual(["nowhere", "../line", null, null]);
    expect(await files.resolve(paths)).toEqual([null, at("line"), at("line"), null]);
    const [network] = await files.links(["/proc/self/ns/net"]);
    expect(network).toMatch(/^net:\[\d+\]$/);
  });

  test("tells the room of volumes as this machine does", async () => {
    const [room, none] = await files.volumes([folder, missing]);
    const [own] = await localHost().files.volumes([folder]);
    expect(room?.totalBytes).toBe(own?.totalBytes);
    expect(room?.freeBytes).toBeGreaterThan(0);
    expect(room?.availableBytes).toBeLessThanOrEqual(room!.freeBytes);
    expect(none).toBeNull();
  });

  test("reads a growing file from where it was, and from the beginning once it is shorter", async () => {
    const log = at("log");
    writeFileSync(log, "old\n");
    const text = async (from: number | "end") => {
      const part = await files.readFrom(log, from);
      return part === null ? null : [part.fromByte, Buffer.from(part.bytes).toString()];
    };
    expect(await text("end")).toEqual([4, ""]);
    appendFileSync(log, "ü\n\nlast");
    expect(await text(4)).toEqual([4, "ü\n\nlast"]);
    expect(await text("end")).toEqual([12, ""]);
    expect(await text(12)).toEqual([12, ""]);
    writeFileSync(log, "new\n");
    expect(await text(12)).toEqual([0, "new\n"]);
    expect(await files.readFrom(missing, 0)).toBeNull();
  });

  test("says what it is, as this machine says it of itself", async () => {
    const own = localHost();
    const { machine, cgroup, clock } = await facts();
    const here = await own.facts();
    expect({ machine, cgroup }).toEqual({ machine: here.machine, cgroup: here.cgroup });
    expect(await constants()).toEqual(await own.constants());
    expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(clock.uncertaintyMs + 1);
  });
});
