import { appendFile, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fence, NOBODY_SYNCHRONOUS, type DesiredState } from "./desired-state.ts";
import { createStore, openStore } from "./store.ts";

const INITIAL: DesiredState = {
  format: 1,
  epoch: 1,
  members: [],
  primary: "pg1",
  fenced: [],
  stopped: [],
  asked: null,
  synchronous: NOBODY_SYNCHRONOUS,
  quorum: NOBODY_SYNCHRONOUS,
  paused: false,
  handover: null,
};
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp("/tmp/pgdyno-store-");
});
afterEach(() => rm(folder, { recursive: true }));

test("what was changed is there after a crash, also one in the middle of a line", async () => {
  const file = path.join(folder, "state");
  const store = await createStore(file, INITIAL);
  await store.change((state) => fence(state, "pg1"));
  await store.close();
  await appendFile(file, '{"format":1,"epoch":7,"prim');
  const again = await openStore(file);
  expect(again.current().fenced).toEqual(["pg1"]);
  await again.change((state) => ({ ...state, epoch: 2 }));
  await again.close();
  const last = await openStore(file);
  expect(last.current()).toMatchObject({ epoch: 2, fenced: ["pg1"] });
  await last.close();
});

test("changes come one after the other, and listeners hear of each when it stands", async () => {
  const store = await createStore(path.join(folder, "state"), INITIAL);
  const heard: number[] = [];
  store.onChange(() => heard.push(store.current().epoch));
  const raise = (state: DesiredState) => ({ ...state, epoch: state.epoch + 1 });
  await Promise.all([store.change(raise), store.change(raise, { actFirst: true })]);
  expect(heard).toEqual([2, 3]);
  await expect(
    store.change(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect((await store.change(raise)).epoch).toBe(4);
  await store.close();
});
