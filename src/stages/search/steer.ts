import { judgeProbe, type ProbeVerdict } from "./analysis/judge-probe.ts";
import type { PlanTrial } from "../../plan/plan.ts";
import { rungsOf } from "../../steering/climb.ts";
import { loadMs } from "../../record/load-ms.ts";
import { repeatPoint } from "../../steering/repeat-point.ts";
import type {
  StageSteerer,
  SteerScene,
  TrialDecision,
  TrialDigest,
} from "../../steering/stage-steerer.ts";
import type { SearchPlan } from "./plan.ts";
import { nextRate } from "./steer/next-rate.ts";

interface ProbeDigest extends TrialDigest {
  /** `null` in a closed loop. */
  readonly probe: ProbeVerdict | null;
}

export const searchSteerer: StageSteerer<SearchPlan, ProbeDigest> = {
  digest(trial, plain, record) {
    const { stage, mode } = plain.planned;
    const question = record.manifest.plan.questions?.find(
      (one) => one.kind === "search" && one.stage === stage,
    );
    const isProbe = question?.kind === "search" && mode === "open";
    return { ...plain, probe: isProbe ? judgeProbe(record, trial, question.until) : null };
  },
  decide: decideRate,
};

function decideRate(stage: SearchPlan, scene: SteerScene<ProbeDigest>): TrialDecision {
  const { done } = scene;
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
    return { trial: fill(closed, { clients, point: `c${clients}` }, scene), because };
  }
  const { rateTps, role } = step;
  const windowMs = role === "confirm" ? stage.confirmMs : open.windowMs;
  const point = `${rateTps}tps`;
  const level = { clients, rateTps, role, windowMs, point };
  return { trial: fill(open, level, scene), because: `${rateTps} tps: ${because}` };
}

function fill(
  template: PlanTrial,
  level: Partial<PlanTrial> & { readonly point: string },
  scene: SteerScene,
): PlanTrial {
  const point = `${template.curve}-${level.point}`;
  return repeatPoint({ ...template, ...level, point }, scene);
}
