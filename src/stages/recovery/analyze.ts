import type { MeasuredRecovery } from "../../record/events.ts";
import type { StageQuestion } from "../../record/format.ts";
import type { RecoveryKind } from "../../record/planned-trial.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { fitLine } from "../../analysis/statistics/linear-fit.ts";
import type {
  RecoveryAnalysis,
  RecoveryKindAnalysis,
  RecoveryLine,
  RecoveryPoint,
} from "./model.ts";
import { copyRateOf, foretell } from "./analysis/foretell.ts";

type RecoveryQuestion = Extract<StageQuestion, { kind: "recovery" }>;

const KINDS: readonly RecoveryKind[] = ["crash", "rebuild", "pitr"];

/** Every recovery stage of a run. Pure: one that is not over gives what it has so far. */
export function analyzeRecoveries(record: RunRecord, { trials }: Analysed): RecoveryAnalysis[] {
  const questions = record.manifest.plan.questions ?? [];
  return questions.flatMap((question) => {
    if (question.kind !== "recovery") return [];
    const own = trials.filter(({ planned }) => planned.stage === question.stage);
    const kinds = KINDS.flatMap((kind) => {
      const of = own.filter(({ planned }) => planned.recovery?.kind === kind);
      return of.length === 0 ? [] : [analyzeKind(record, kind, of, question)];
    });
    return [{ stage: question.stage, title: question.title, kinds }];
  });
}

function analyzeKind(
  record: RunRecord,
  kind: RecoveryKind,
  trials: readonly TrialAnalysis[],
  { predict }: RecoveryQuestion,
): RecoveryKindAnalysis {
  const points = trials.flatMap((trial) => pointOf(record, trial) ?? []);
  const line = lineThrough(points);
  const copy = kind === "pitr" ? copyRateOf(points) : null;
  const contents = points.flatMap(({ content }) => content ?? []);
  return {
    kind,
    points: points.toSorted((a, b) => a.bytes - b.bytes),
    failed: trials.flatMap(({ planned, validity }) => {
      const reason = validity.reasons.find(({ gate }) => gate === "trial-failed");
      return reason === undefined ? [] : [{ trial: planned.id, because: reason.because }];
    }),
    line,
    copy,
    ...foretell({ kind, line, copy, predict }),
    contentIsRight:
      contents.length === 0
        ? null
        : contents.every(
            ({ rows, spoiled, wrong, missing, added, takesWrites }) =>
              rows > 0 && spoiled === rows && wrong + missing + added === 0 && takesWrites,
          ),
  };
}

/** The last that is told: a resumed run does an interrupted trial again. */
function pointOf({ events }: RunRecord, trial: TrialAnalysis): RecoveryPoint | null {
  const { planned, validity } = trial;
  const told = events.findLast((event) => event.kind === "recovery" && event.trial === planned.id);
  if (told?.kind !== "recovery" || planned.recovery === undefined) return null;
  return {
    trial: planned.id,
    aimedBytes: planned.recovery.bytes,
    validity: validity.is,
    content: null,
    target: null,
    backupBytes: null,
    ...measured(told.recovery),
  };
}

function measured(
  recovery: MeasuredRecovery,
): Pick<RecoveryPoint, "bytes" | "ms" | "parts"> & Partial<RecoveryPoint> {
  switch (recovery.is) {
    case "crash": {
      const { walBytes, totalMs, goneMs, beforeRedoMs, redoMs, checkpointMs } = recovery;
      const told = [
        { name: "processes end", ms: goneMs },
        { name: "files synced", ms: beforeRedoMs },
        { name: "replay", ms: redoMs },
        { name: "checkpoint", ms: checkpointMs },
      ].flatMap(({ name, ms }) => (ms === null ? [] : [{ name, ms }]));
      const knownMs = told.reduce((sum, { ms }) => sum + ms, 0);
      return {
        bytes: walBytes,
        ms: totalMs,
        parts: [...told, { name: "start, and first write", ms: Math.max(0, totalMs - knownMs) }],
      };
    }
    case "rebuild": {
      const { databaseBytes, totalMs, copyMs, catchUpMs } = recovery;
      return {
        bytes: databaseBytes,
        ms: totalMs,
        parts: [
          { name: "copy", ms: copyMs },
          { name: "start and catch up", ms: catchUpMs },
        ],
      };
    }
    case "pitr": {
      const { walBytes, copyMs, replayMs, content, target, backupBytes } = recovery;
      return {
        bytes: walBytes,
        ms: replayMs,
        parts: [
          { name: "copy", ms: copyMs },
          { name: "start and replay", ms: replayMs },
        ],
        content,
        target,
        backupBytes,
      };
    }
  }
}

/** Trials that cannot be believed are left out where enough others are there. */
function lineThrough(points: readonly RecoveryPoint[]): RecoveryLine {
  const through = (some: readonly RecoveryPoint[]) =>
    fitLine(some.map(({ bytes, ms }) => ({ x: bytes, y: ms })));
  const believed = through(points.filter(({ validity }) => validity !== "invalid"));
  if (believed !== null) return { fit: believed, spoiled: false };
  return { fit: through(points), spoiled: points.some(({ validity }) => validity === "invalid") };
}
