import { expect, test } from "vitest";
import { evidenceOf } from "../../test/support/evidence.ts";
import { cpuUse } from "./cpu-use.ts";

/** Cores that each used, over two seconds. */
const used = (busy: number, postgres: number, own: number, children: number, main = own) => ({
  "host-cpu/busyMs": [0, busy * 2000],
  "host-cpu/stealMs": [0, 0],
  "postgres-processes/cpuMs": { all: [0, postgres * 2000], checkpointer: [0, 10] },
  "observer/cpuMs": [0, own * 2000],
  "observer/mainThreadCpuMs": [0, main * 2000],
  "observer/childrenCpuMs": [0, children * 2000],
});

test("what neither database, generator nor observer used is a stranger's", () => {
  const use = cpuUse(evidenceOf(used(1.9, 1, 0.1, 0.3), { everyMs: 2000 }));
  expect(use).toMatchObject({ hostBusyShare: 0.95, postgresCores: 1, generatorCores: 0.3 });
  expect(use.externalShare).toBeCloseTo(0.25);
});

test("threads of a generator inside this program are the generator's", () => {
  const use = cpuUse(evidenceOf(used(2, 1, 1, 0, 0.1), { everyMs: 2000 }));
  expect(use.generatorCores).toBeCloseTo(0.9);
  expect(use.observerCores).toBeCloseTo(0.1);
  expect(use.externalShare).toBe(0);
});

test("counters that slip back a little, as children end, are no reset", () => {
  const values = { ...used(2, 1, 0, 0), "observer/childrenCpuMs": [9000, 8990] };
  expect(cpuUse(evidenceOf(values, { everyMs: 2000 })).generatorCores).toBe(0);
});

test("where the server runs elsewhere this machine's CPU is not its", () => {
  const { "postgres-processes/cpuMs": _, ...values } = used(2, 1, 0, 0);
  expect(cpuUse(evidenceOf(values))).toMatchObject({ hostBusyShare: null, externalShare: null });
});

test("with a part not read nothing is called a stranger's", () => {
  const { "observer/childrenCpuMs": _, ...values } = used(2, 1, 0, 0);
  expect(cpuUse(evidenceOf(values, { everyMs: 2000 })).externalShare).toBe(null);
});
