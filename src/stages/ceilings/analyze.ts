import { formatBytes, formatNumber } from "../../lib/units.ts";
import type { StageQuestion } from "../../record/format.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { forecastBacklog } from "./analysis/forecast-backlog.ts";
import { buildPipeline } from "./analysis/build-pipeline.ts";
import { ceilingsOfTrial, segmentBytesIn } from "./analysis/measure-ceilings.ts";
import type { Ceiling, CeilingsAnalysis, GeneratorCeiling } from "./model.ts";
import { operatingPointOf } from "./analysis/operating-point.ts";
import { sustainableOf } from "./analysis/sustainable.ts";
import { primaryOf, progressOf, rateOf } from "./analysis/wal-progress.ts";

type CeilingsQuestion = Extract<StageQuestion, { kind: "ceilings" }>;

/**
 * Every stage of ceilings of a run; it looks at the best points of the others. Pure: a stage that is not
 * over gives what it has so far.
 */
export function analyzeCeilings(record: RunRecord, others: Analysed): CeilingsAnalysis[] {
  const questions = record.manifest.plan.questions ?? [];
  return questions.flatMap((question) =>
    question.kind === "ceilings" ? [analyzeStage(record, others, question)] : [],
  );
}

function analyzeStage(
  record: RunRecord,
  others: Analysed,
  { stage, title, clients, of }: CeilingsQuestion,
): CeilingsAnalysis {
  const own = others.trials.filter(
    ({ planned, outcome }) => planned.stage === stage && outcome !== null,
  );
  const find = (kind: string) => own.find(({ planned }) => planned.ceiling?.of === kind) ?? null;
  const load = find("load");
  const segmentBytes = segmentBytesIn(record);
  const ceilings = own.flatMap((trial) => ceilingsOfTrial(record, trial, segmentBytes));
  const operating = operatingPointOf(record, others, load);
  const generator = of.includes("generator") ? generatorCeiling(find("generator"), load) : null;
  const archive = archiveCeilingOf(ceilings, "wal");
  const forecastTrial = find("forecast");
  const forecast =
    forecastTrial === null || archive === null || archive.bytesPerS === null || archive.isLowerBound
      ? null
      : forecastBacklog(record, forecastTrial, archive.bytesPerS);
  const flushBytesPerS = flushCeiling(record, own);
  const pipeline = buildPipeline({
    record,
    operating,
    generator,
    ceilings,
    flushBytesPerS,
    load,
    archives: of.includes("archive"),
  });
  return {
    stage,
    title,
    clients,
    segmentBytes,
    operating,
    generator,
    ceilings,
    forecast,
    forecastBecause:
      forecast !== null || !of.includes("archive") ? null : whyNone(archive, forecastTrial),
    pipeline,
    sustainable: sustainableOf(pipeline, operating, others.searches ?? []),
    notes: [...notesOf(ceilings), ...doubtsOf(own)],
  };
}

/** The archive's ceiling by that kind of WAL; `null` where it was not measured. */
export function archiveCeilingOf(ceilings: readonly Ceiling[], by: Ceiling["by"]): Ceiling | null {
  return ceilings.find((one) => one.of === "archive" && one.by === by) ?? null;
}

function whyNone(archive: Ceiling | null, trial: TrialAnalysis | null): string {
  if (archive === null) return "The archive was not measured.";
  if (archive.bytesPerS === null) return archive.because;
  if (archive.isLowerBound) return archive.because;
  if (trial !== null) return "The trial gave too few readings.";
  return "More WAL than the archive can take could not be written here.";
}

/** By the CPU that a real transaction costs the generator, which the server's speed does not change. */
function generatorCeiling(
  empty: TrialAnalysis | null,
  load: TrialAnalysis | null,
): GeneratorCeiling {
  const emptyTps = empty?.throughputTps ?? null;
  const outcome = load?.outcome ?? null;
  const cpuMs = outcome?.generatorCpuMs ?? null;
  if (outcome === null || cpuMs === null || cpuMs <= 0 || outcome.transactions === 0) {
    const because = "What a transaction costs the generator could not be read.";
    return { emptyTps, tps: null, because };
  }
  const eachMs = cpuMs / outcome.transactions;
  const tps = (1000 / eachMs) * outcome.generatorThreads;
  const threads =
    outcome.generatorThreads === 1 ? "one thread" : `${outcome.generatorThreads} threads`;
  return {
    emptyTps,
    tps,
    because: `A transaction costs it ${formatNumber(eachMs * 1000)} µs of CPU, and it has ${threads}.`,
  };
}

/** WAL per second while the exact load wrote as quickly as it could: the server can do at least that. */
function flushCeiling(record: RunRecord, trials: readonly TrialAnalysis[]): number | null {
  const on = primaryOf(record);
  if (on === null) return null;
  const rates = trials.flatMap(({ planned, window }) => {
    const { ceiling } = planned;
    if (window === null || ceiling?.by !== "wal" || ceiling.pileBytes === null) return [];
    const span = { fromMs: window.startMs, toMs: window.endMs };
    return rateOf(progressOf(record, on, "flushedLsnBytes", span)) ?? [];
  });
  return rates.length === 0 ? null : Math.max(...rates);
}

function doubtsOf(trials: readonly TrialAnalysis[]): string[] {
  const invalid = trials.filter(({ validity }) => validity.is === "invalid");
  const [first] = invalid.flatMap(({ validity }) =>
    validity.reasons.filter(({ grade }) => grade === "invalid"),
  );
  if (first === undefined) return [];
  return [
    `${invalid.length} of ${trials.length} trials that these figures rest on cannot be relied on: ${first.because}`,
  ];
}

/** Emitted messages change no page: their replay is reading and checking the WAL. */
function notesOf(ceilings: readonly Ceiling[]): string[] {
  const notes: string[] = [];
  const replays = ceilings.filter(({ of }) => of === "replay");
  for (const real of replays.filter(({ by }) => by === "workload")) {
    const exact = replays.find(({ by, on }) => by === "wal" && on === real.on);
    if (real.bytesPerS === null || exact === undefined || exact.bytesPerS === null) continue;
    notes.push(
      `Replay on ${real.on}: ${formatBytes(exact.bytesPerS)}/s of emitted messages, which change no page and cost replay next to nothing, against ${formatBytes(real.bytesPerS)}/s of the real load. The real load decides.`,
    );
  }
  if (replays.some(({ by }) => by === "workload")) {
    notes.push(
      "The real load's WAL was piled up in seconds, soon after a checkpoint: it holds more full-page images than that of a long run, and so do its bytes per transaction.",
    );
  }
  if (ceilings.some(({ of }) => of === "network")) {
    notes.push(
      "The stream to a standby was timed from the primary's memory through the network to the standby's disk: the slowest of sending, network, writing and flushing.",
    );
  }
  return notes;
}
