import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { hydrateSymlinks } from "./hydrate-symlinks.ts";

async function withPackage(links: unknown, work: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-package-"));
  try {
    await mkdir(path.join(folder, "native/lib"), { recursive: true });
    if (links !== null) {
      await writeFile(path.join(folder, "native/pg-symlinks.json"), JSON.stringify(links));
    }
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("makes relative links, twice over, so that the folder can be moved", async () => {
  const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  await withPackage(links, async (folder) => {
    expect([await hydrateSymlinks(folder), await hydrateSymlinks(folder)]).toEqual([true, true]);
    expect(await readlink(path.join(folder, "native/lib/libpq.so.5"))).toBe("libpq.so.5.18");
  });
});

test("makes no link outside the package", async () => {
  await withPackage([{ source: "native/lib/x", target: "../escaped" }], async (folder) => {
    await expect(hydrateSymlinks(folder)).rejects.toThrow(/outside its package/);
  });
});

test("is content where a platform needs no links", async () => {
  await withPackage(null, async (folder) => {
    expect(await hydrateSymlinks(folder)).toBe(true);
  });
});
