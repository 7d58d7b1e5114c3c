import { expect, test } from "vitest";
import type { ProbeVerdict } from "../analysis/judge-probe.ts";
import { nextRate, type RatePlan } from "./next-rate.ts";

const PLAN: RatePlan = {
  clients: [8],
  startTps: 100,
  precisionShare: 0.05,
  trialsMax: 40,
  budgetMs: null,
  probeMs: 1000,
  confirmMs: 2000,
};
type Is = ProbeVerdict["is"];
const probe = (
  rateTps: number,
  is: Is,
  role: ProbeVerdict["role"] = "probe",
  figures: Is = is,
): ProbeVerdict => ({
  trial: "t",
  role,
  rateTps,
  achievedTps: rateTps,
  slo: { is: figures, because: "latency." },
  sustained: { is: "pass", because: "nothing queues." },
  latency: [],
  queues: [],
  validity: is === "unknown" ? "invalid" : "valid",
  windowMs: 1000,
  is,
  because: "so it was.",
});
const closed = [{ clients: 8, values: [1000] }];

/** What a search does on a server that holds so much, until it is done. */
function searchOf(limitTps: number, plan: Partial<RatePlan> = {}) {
  const probes: ProbeVerdict[] = [];
  for (;;) {
    const step = nextRate({ ...PLAN, ...plan }, { closed, probes, spentMs: probes.length * 1000 });
    if (step.is !== "open") return { probes, because: step.because };
    probes.push(probe(step.rateTps, step.rateTps <= limitTps ? "pass" : "fail", step.role));
  }
}

test("measures the closed loop first, and begins with half of its peak", () => {
  expect(nextRate(PLAN, { closed: [], probes: [], spentMs: 0 })).toMatchObject({ is: "closed" });
  expect(nextRate({ ...PLAN, startTps: null }, { closed, probes: [], spentMs: 0 })).toMatchObject({
    rateTps: 500,
    clients: 8,
    role: "probe",
  });
});

test.each([37, 130, 999, 4321])("brackets, bisects, confirms and tries below: %i tps", (limit) => {
  const { probes } = searchOf(limit);
  const [confirm, margin] = probes.slice(-2);
  expect(confirm).toMatchObject({ role: "confirm", is: "pass" });
  expect(margin).toMatchObject({ role: "margin", is: "pass" });
  expect(confirm!.rateTps).toBeLessThanOrEqual(limit);
  expect(limit / confirm!.rateTps).toBeLessThanOrEqual(1.06);
  expect(margin!.rateTps / confirm!.rateTps).toBeCloseTo(0.8, 1);
  expect(probes.length).toBeLessThanOrEqual(16);
});

test("a result that does not hold over the long window is a failure like any other", () => {
  const probes = [probe(100, "pass"), probe(104, "fail"), probe(100, "fail", "confirm")];
  expect(nextRate(PLAN, { closed, probes, spentMs: 0 })).toMatchObject({ rateTps: 50 });
  const lower = [...probes, probe(98, "pass")];
  expect(nextRate(PLAN, { closed, probes: lower, spentMs: 0 })).toMatchObject({
    rateTps: 98,
    role: "confirm",
  });
});

test("a spoiled window is measured once more, and after that its figures have to do", () => {
  const once = [probe(100, "unknown", "probe", "pass")];
  expect(nextRate(PLAN, { closed, probes: once, spentMs: 0 })).toMatchObject({ rateTps: 100 });
  const twice = [...once, ...once];
  expect(nextRate(PLAN, { closed, probes: twice, spentMs: 0 })).toMatchObject({ rateTps: 200 });
});

test("gives up where not even a small part holds, and at its limits", () => {
  expect(searchOf(0.1).because).toMatch(/^Not even/);
  expect(searchOf(130, { trialsMax: 4 })).toMatchObject({ because: "4 trials are the limit." });
  expect(searchOf(130, { budgetMs: 3500 }).because).toContain("time budget");
});
