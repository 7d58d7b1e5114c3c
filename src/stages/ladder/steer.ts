import { randomFrom } from "../../lib/random.ts";
import { rungsOf, validThroughput } from "../../steering/climb.ts";
import { loadMs } from "../../record/load-ms.ts";
import { repeatPoint } from "../../steering/repeat-point.ts";
import type {
  StageSteerer,
  SteerScene,
  TrialDecision,
  TrialDigest,
} from "../../steering/stage-steerer.ts";
import type { BlocksPlan, LadderPlan, RungsPlan } from "./plan/ladder-plan.ts";
import { nextBlock } from "./steer/next-block.ts";
import { nextRung, type RungPlan } from "./steer/next-rung.ts";

export const ladderSteerer: StageSteerer<LadderPlan> = {
  decide: (plan, scene) =>
    plan.kind === "rungs" ? decideRung(plan, scene) : decideRepetition(plan, scene),
};

function decideRung(stage: RungsPlan, scene: SteerScene): TrialDecision {
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
    const own = scene.done.filter(({ planned }) => planned.curve === curve);
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
      return { trial: repeatPoint(point, scene), because: step.because };
    }
    said.push(step.because);
  }
  return { trial: null, because: said.join(" ") };
}

/**
 * Who is in a block was decided when it began; so blocks are replayed from the first one on, until one
 * is not yet complete.
 */
function decideRepetition(stage: BlocksPlan, scene: SteerScene): TrialDecision {
  const { record, done } = scene;
  const plan = {
    ...stage,
    runsMax: Math.ceil(stage.trialsMax / stage.points.length),
    trialMs: loadMs(stage.points[0]!),
  };
  for (let block = 1, from = 0; ; block += 1) {
    const before = done.slice(0, from);
    const spentMs = before.reduce((sum, { planned }) => sum + loadMs(planned), 0);
    const valuesOf = (point: string) =>
      before.filter(({ planned }) => planned.point === point).map(validThroughput);
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
      return { trial: repeatPoint(point, scene), because: step.because };
    }
    from += order.length;
  }
}
