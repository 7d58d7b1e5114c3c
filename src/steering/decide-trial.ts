import { analyzeTrial } from "../analysis/analyze-trial.ts";
import { judgeProbe, type ProbeVerdict } from "../analysis/search/judge-probe.ts";
import { randomFrom } from "../lib/random.ts";
import type { AdaptivePlan, PlanTrial } from "../plan/plan.ts";
import { finishedTrials } from "../record/finished-trials.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";
import { decideForecast } from "./decide-forecast.ts";
import { nextBlock } from "./next-block.ts";
import { nextRate } from "./next-rate.ts";
import { nextRung, type RungPlan } from "./next-rung.ts";

/** The next trial of a stage, or that it is done, and why. */
export interface TrialDecision {
  readonly trial: PlanTrial | null;
  readonly because: string;
}

/** What a trial that has ended counts for here. */
export interface TrialDigest {
  readonly planned: PlannedTrial;
  readonly throughputTps: number | null;
  readonly isInvalid: boolean;
  /** `null` in a closed loop, and outside of a search. */
  readonly probe: ProbeVerdict | null;
}

/** Digests by trial, so that none is worked out twice. Holds only what the record gives again. */
export type DigestMemory = Map<string, TrialDigest>;

/**
 * Decides the next trial of a stage from the record alone. Pure: the same record gives the same trial
 * with the same id and seed. Of trials that `memory` knows the record need not hold the latencies.
 */
export function decideTrial(
  stage: AdaptivePlan,
  record: RunRecord,
  memory: DigestMemory = new Map(),
): TrialDecision {
  const done = endedTrials(stage, record, memory);
  switch (stage.kind) {
    case "search":
      return decideRate(stage, record, done);
    case "rungs":
      return decideRung(stage, record, done);
    case "ceilings":
      return decideForecast(stage, record, done);
    case "blocks":
      return decideRepetition(stage, record, done);
  }
}

/** Trials of the stage that have ended, in the order in which they were decided. */
function endedTrials(
  { stage }: AdaptivePlan,
  record: RunRecord,
  memory: DigestMemory,
): TrialDigest[] {
  const ended = finishedTrials(record.events);
  return record.manifest.plan.trials
    .filter((trial) => trial.stage === stage && ended.has(trial.id))
    .map((trial) => {
      const digest = memory.get(trial.id) ?? digestTrial(record, trial);
      memory.set(trial.id, digest);
      return digest;
    });
}

function digestTrial(record: RunRecord, planned: PlannedTrial): TrialDigest {
  const trial = analyzeTrial(record, planned);
  const question = record.manifest.plan.questions?.find(
    (one) => one.kind === "search" && one.stage === planned.stage,
  );
  const isProbe = question?.kind === "search" && planned.mode === "open";
  return {
    planned,
    throughputTps: trial.throughputTps,
    isInvalid: trial.validity.is === "invalid",
    probe: isProbe ? judgeProbe(record, trial, question.until) : null,
  };
}

type Of<Kind> = Extract<AdaptivePlan, { kind: Kind }>;

function decideRate(
  stage: Of<"search">,
  record: RunRecord,
  done: readonly TrialDigest[],
): TrialDecision {
  const { open, closed } = stage;
  const step = nextRate(
    { ...stage, probeMs: loadMs(open), confirmMs: loadMs({ ...open, windowMs: stage.confirmMs }) },
    {
      closed: rungsOf(
        stage.clients,
        done.filter(({ planned }) => planned.role === "peak"),
        // It only says where to begin: the rates themselves are held to what is valid.
        ({ throughputTps }) => throughputTps,
      ),
      probes: done.flatMap(({ probe }) => probe ?? []),
      spentMs: done.reduce((sum, { planned }) => sum + loadMs(planned), 0),
    },
  );
  if (step.is === "done") return { trial: null, because: step.because };
  const { clients, because } = step;
  if (step.is === "closed") {
    return { trial: fill(closed, { clients, point: `c${clients}` }, record, done), because };
  }
  const { rateTps, role } = step;
  const windowMs = role === "confirm" ? stage.confirmMs : open.windowMs;
  const point = `${rateTps}tps`;
  const level = { clients, rateTps, role, windowMs, point };
  return { trial: fill(open, level, record, done), because: `${rateTps} tps: ${because}` };
}

function decideRung(
  stage: Of<"rungs">,
  record: RunRecord,
  done: readonly TrialDigest[],
): TrialDecision {
  const { whole } = stage;
  const curves = [...new Set(stage.points.map(({ curve }) => curve))];
  const said: string[] = [];
  for (const curve of curves) {
    const points = stage.points.filter((point) => point.curve === curve);
    const plan: RungPlan = {
      ...stage,
      clients: points.map(({ clients }) => clients),
      runsMax: Math.ceil(stage.trialsMax / stage.points.length),
      trialsMax: Math.floor(stage.trialsMax / curves.length),
      budgetMs: stage.budgetMs === null ? null : stage.budgetMs / curves.length,
      trialMs: loadMs(points[0]!),
      wholeMs: whole === null ? null : loadMs({ ...points[0]!, ...whole }),
    };
    const own = done.filter(({ planned }) => planned.curve === curve);
    const isWhole = ({ planned }: TrialDigest) => planned.role === "confirm";
    const step = nextRung(
      plan,
      rungsOf(
        plan.clients,
        own.filter((one) => !isWhole(one)),
      ),
      rungsOf(plan.clients, own.filter(isWhole)),
    );
    if (step.is === "trial") {
      const look = points.find(({ clients }) => clients === step.clients)!;
      const point = step.isWhole ? { ...look, ...whole, role: "confirm" as const } : look;
      return { trial: repeat(point, record, done), because: step.because };
    }
    said.push(step.because);
  }
  return { trial: null, because: said.join(" ") };
}

/**
 * Who is in a block was decided when it began; so blocks are replayed from the first one on, until one
 * is not yet complete.
 */
function decideRepetition(
  stage: Of<"blocks">,
  record: RunRecord,
  done: readonly TrialDigest[],
): TrialDecision {
  const plan = {
    ...stage,
    runsMax: Math.ceil(stage.trialsMax / stage.points.length),
    trialMs: loadMs(stage.points[0]!),
  };
  for (let block = 1, from = 0; ; block += 1) {
    const before = done.slice(0, from);
    const spentMs = before.reduce((sum, { planned }) => sum + loadMs(planned), 0);
    const valuesOf = (point: string) =>
      before.filter(({ planned }) => planned.point === point).map(valueOf);
    const step = nextBlock(
      plan,
      stage.points.map(({ point }) => ({ point, values: valuesOf(point) })),
      spentMs,
    );
    if (step.points.length === 0) return { trial: null, because: step.because };
    const random = randomFrom(`${record.manifest.plan.seed}/stage/${stage.stage}/block/${block}`);
    const order = random.shuffle(step.points);
    const ran = done.slice(from, from + order.length);
    if (ran.length < order.length) {
      const tried = new Set(ran.map(({ planned }) => planned.point));
      const point = stage.points.find((one) => one.point === order.find((id) => !tried.has(id)));
      if (point === undefined)
        throw new Error(`Block ${block} holds trials that it did not ask for.`);
      return { trial: repeat(point, record, done), because: step.because };
    }
    from += order.length;
  }
}

function rungsOf(
  clients: readonly number[],
  trials: readonly TrialDigest[],
  of: (trial: TrialDigest) => number | null = valueOf,
) {
  return clients.map((rung) => ({
    clients: rung,
    values: trials.filter(({ planned }) => planned.clients === rung).map(of),
  }));
}

/** What an invalid trial measured is not used: it costs its time and gives nothing. */
function valueOf({ throughputTps, isInvalid }: TrialDigest): number | null {
  return isInvalid ? null : throughputTps;
}

function fill(
  template: PlanTrial,
  level: Partial<PlanTrial> & { readonly point: string },
  record: RunRecord,
  done: readonly TrialDigest[],
): PlanTrial {
  const point = `${template.curve}-${level.point}`;
  return repeat({ ...template, ...level, point }, record, done);
}

/** The next repetition of this point, with an id and a seed of its own. */
function repeat(point: PlanTrial, record: RunRecord, done: readonly TrialDigest[]): PlanTrial {
  const repetition = 1 + done.filter(({ planned }) => planned.point === point.point).length;
  const role = point.role === "confirm" || point.role === "margin" ? `-${point.role}` : "";
  const id = `${point.point}${role}-r${repetition}`;
  const random = randomFrom(`${record.manifest.plan.seed}/trial/${id}`);
  return { ...point, id, repetition, seed: random.integer(1, 2 ** 31 - 1) };
}

function loadMs({
  warmupMs,
  windowMs,
  cooldownMs,
}: Pick<PlannedTrial, "warmupMs" | "windowMs" | "cooldownMs">): number {
  return warmupMs + windowMs + cooldownMs;
}
