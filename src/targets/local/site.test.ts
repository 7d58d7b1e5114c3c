import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { checkGivenDirectory, chooseSite, makeSite, removeSite } from "./site.ts";

async function withFolder(work: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), "site-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("gives every run a folder of its own, with pgdyno in its name", () => {
  const [first, second] = [chooseSite(undefined, "/s"), chooseSite(undefined, "/s")];
  expect(path.basename(first.home)).toMatch(/^pgdyno-[0-9a-f]{8}$/);
  expect(first.home).not.toBe(second.home);
});

test("has no socket where its path would be too long for one", () => {
  expect(chooseSite(`/${"x".repeat(80)}`, "/s").socketDirectory).toBeNull();
  expect(chooseSite("/mnt/volume", "/s").socketDirectory).toBe("/mnt/volume/pgdyno/socket");
});

test("refuses a folder with content and leaves it as it is", async () => {
  await withFolder(async (folder) => {
    await writeFile(path.join(folder, "precious"), "");
    await expect(checkGivenDirectory(folder)).rejects.toThrow(/not empty: it holds `precious`/);
    expect(await readdir(folder)).toEqual(["precious"]);
  });
});

test("takes the root of a fresh file system, and leaves the user's folder behind empty", async () => {
  await withFolder(async (folder) => {
    await mkdir(path.join(folder, "lost+found"));
    const site = chooseSite(folder, "/s");
    await checkGivenDirectory(folder);
    const made = await makeSite(site, null);
    expect((await readdir(folder)).toSorted()).toEqual(["lost+found", "pgdyno"]);
    await removeSite(site, made);
    await removeSite(site, made);
    expect(await readdir(folder)).toEqual(["lost+found"]);
  });
});

test("takes away the folders that it made for the user", async () => {
  await withFolder(async (folder) => {
    const absent = path.join(folder, "absent", "too");
    const site = chooseSite(absent, "/s");
    await checkGivenDirectory(absent);
    const made = await makeSite(site, null);
    expect((await stat(absent)).mode & 0o777).toBe(0o755);
    expect((await stat(site.home)).mode & 0o777).toBe(0o700);
    await removeSite(site, made);
    expect(await readdir(folder)).toEqual([]);
  });
});
