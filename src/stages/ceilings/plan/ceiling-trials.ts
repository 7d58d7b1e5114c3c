import type { TargetPlan } from "../../../contracts/target-plan.ts";
import { DynoError } from "../../../lib/errors.ts";
import type { PlannedCeiling } from "../../../record/planned-trial.ts";
import { CEILINGS, type CeilingKind, type CeilingsStage } from "../schema.ts";
import { slug } from "../../../plan/planned-choice.ts";
import type { AdaptivePlan, PlanTrial } from "../../../plan/plan.ts";
import type { PlannedStage, PlanScene } from "../../../plan/stage-planner.ts";
import { toPlainJson } from "../../../plan/to-json.ts";

/** The empty load only has to be steady. */
const EMPTY_MS = 3000;
/** One connection writes WAL of exact size as quickly as several: it is one process's copying. */
const WAL_CLIENTS = 2;
/** A pile that does not come together in this time is smaller. */
const PILE_MS = 15_000;
const SEGMENTS_MIN = 4;
const SEGMENTS_PER_STREAM = 2;
const PILE_BYTES_MAX = 1024 ** 3;
/** At its offered rate the exact load waits for nothing, but the WAL's disk may stall. */
const FORECAST_CLIENTS = 4;

/** What can be measured on a server that is not pgdyno's to hold anything back from. */
const WITHOUT_CLUSTER = ["generator", "archive"] as const;

/** The trial that holds the forecast against what comes. */
export interface CeilingsPlan extends AdaptivePlan {
  readonly kind: "ceilings";
  /** More WAL than the archive can take; its rate is filled in once that is known. */
  readonly forecast: PlanTrial;
  /** `null`: a multiple of what the archive can do. */
  readonly walBytesPerS: number | null;
}

interface Kind {
  readonly of: PlannedCeiling["of"];
  readonly by: PlannedCeiling["by"];
}

/** Every station that the target has, each by a trial of its own; the forecast's is decided on the way. */
export function planCeilings(
  stage: CeilingsStage,
  { index: stageIndex, choices: [real, wal, empty], random, target }: PlanScene,
): PlannedStage<CeilingsPlan> {
  const of = stationsOf(stage, target);
  const choices = { workload: real!, wal: wal!, empty: empty! };
  const stem = `ceilings-${stageIndex + 1}`;
  const trialOf = (kind: Kind): PlanTrial => {
    const { choice, plan } = choices[kind.by];
    const id = `${stem}-${kind.of}${kind.of === "load" ? "" : suffixOf(kind.by)}`;
    const isPile = ["archive", "network", "replay"].includes(kind.of);
    return {
      id,
      stage: stageIndex,
      stageKind: stage.kind,
      curve: id,
      curveTitle: titleOf(kind, plan.title),
      point: id,
      repetition: 1,
      workload: choice.id,
      workloadOptions: toPlainJson(plan.settledOptions),
      mode: "closed",
      clients: kind.by === "wal" ? WAL_CLIENTS : stage.clients,
      rateTps: null,
      seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1),
      warmupMs: isPile ? 0 : stage.warmupMs,
      windowMs: isPile ? PILE_MS : kind.by === "empty" ? EMPTY_MS : stage.windowMs,
      cooldownMs: 0,
      // The exact load needs none of it, but must not make it be loaded anew.
      dataset: real!.plan.dataset?.key ?? null,
      between: "keep",
      ceiling: {
        of: kind.of,
        by: kind.by,
        pileBytes: isPile
          ? Math.max(stage.pileBytes, kind.of === "archive" ? leastPileBytes(target) : 0)
          : null,
        drainMs: stage.drainMs,
        under:
          stage.under === null
            ? null
            : { fault: stage.under.id, options: toPlainJson(stage.under.options) },
      },
    };
  };
  const title = real!.plan.title;
  const trials = listKinds(of).map(trialOf);
  const question = {
    kind: "ceilings" as const,
    stage: stageIndex,
    title,
    clients: stage.clients,
    of,
  };
  if (!of.includes("archive")) return { trials, question };
  const forecast: PlanTrial = {
    ...trialOf({ of: "forecast", by: "wal" }),
    mode: "open",
    clients: FORECAST_CLIENTS,
  };
  return {
    trials,
    adaptive: {
      kind: "ceilings",
      stage: stageIndex,
      precisionShare: 1,
      trialsMax: 1,
      budgetMs: null,
      walBytesPerS: stage.walBytesPerS,
      forecast,
    },
    question,
    atMost: [...trials, forecast],
  };
}

/** Enough that every stream of the archive has several files; never very much. */
function leastPileBytes({ wal }: TargetPlan): number {
  if (wal === undefined) return 0;
  const files = Math.max(SEGMENTS_MIN, SEGMENTS_PER_STREAM * wal.archiveStreams);
  return Math.min(
    files * wal.segmentBytes,
    Math.max(PILE_BYTES_MAX, SEGMENTS_MIN * wal.segmentBytes),
  );
}

/** @throws {DynoError} USAGE where the target is known not to have what is asked for */
function stationsOf({ of }: CeilingsStage, { wal }: TargetPlan): readonly CeilingKind[] {
  const lacks: Partial<Record<CeilingKind, string>> = {
    ...(wal?.isArchived === false
      ? { archive: "nothing is archived: set the target's `archive`" }
      : {}),
    ...(wal?.standbys === 0
      ? {
          network: "there is no standby: give the target two or more `instances`",
          replay: "there is no standby: give the target two or more `instances`",
        }
      : {}),
  };
  const asked = of?.find((kind) => lacks[kind] !== undefined);
  if (asked !== undefined) {
    throw new DynoError("USAGE", {
      message: `The \`ceilings\` stage asks for \`${asked}\`, but ${lacks[asked]}.`,
      hint: "Leave `of` out to measure what there is.",
    });
  }
  const all = wal === undefined ? WITHOUT_CLUSTER : CEILINGS;
  return (of ?? all).filter((kind) => lacks[kind] === undefined);
}

/** The real load first: what it writes is what all others are held against. */
function listKinds(of: readonly CeilingKind[]): Kind[] {
  const some = (kind: CeilingKind, ...kinds: Kind[]) => (of.includes(kind) ? kinds : []);
  return [
    ...some("generator", { of: "generator", by: "empty" }),
    { of: "load", by: "workload" },
    ...some("network", { of: "network", by: "wal" }),
    ...some("replay", { of: "replay", by: "workload" }, { of: "replay", by: "wal" }),
    ...some("archive", { of: "archive", by: "workload" }, { of: "archive", by: "wal" }),
  ];
}

function suffixOf(by: Kind["by"]): string {
  return { wal: "-wal", workload: "-workload", empty: "" }[by];
}

function titleOf({ of, by }: Kind, load: string): string {
  const short = slug(load.split(",")[0]!);
  switch (of) {
    case "generator":
      return "the generator alone";
    case "load":
      return `the real load, ${short}`;
    case "forecast":
      return "more WAL than the archive can take";
    case "archive":
    case "network":
    case "replay":
      return `${of} alone, ${by === "wal" ? "WAL of exact size" : `WAL of ${short}`}`;
  }
}
