import type { Distribution, FailoverTrial } from "../../analysis/failover/model.ts";
import type { FailoverAnalysis } from "./model.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";
import { loadText } from "../../report/load-text.ts";
import { count } from "../../report/phrases.ts";

/** A phase shorter than this share of the whole is not worth a word on a line. */
const PHASE_SHARE_MIN = 0.02;

/** What a stage tells, as names and sentences: the same in every format. */
export interface FailoverFact {
  readonly name:
    | "writes back"
    | "reads back"
    | "lost"
    | "cross-check"
    | "phases"
    | "full rate"
    | "redundancy"
    | "two primaries";
  readonly text: string;
}

/** `kill-primary under ledger, 343 tps offered (70 % of 502), 8 clients`. */
export function titleOfFailover({
  title,
  clients,
  rateTps,
  calibration,
}: FailoverAnalysis): string {
  const share =
    calibration === null || calibration.reachedTps === null
      ? ""
      : ` (${formatNumber(calibration.share * 100)} % of ${formatNumber(calibration.reachedTps)}${whereMeasured(calibration)})`;
  return `${title}, ${loadText({ clients, rateTps, unit: "transactions" }).replace("offered", `offered${share}`)}`;
}

function whereMeasured({ fromStage }: NonNullable<FailoverAnalysis["calibration"]>): string {
  return fromStage === null ? "" : `, as measured in stage ${fromStage + 1}`;
}

/** Everything in sentences, the most important first. */
export function listFailoverFacts(failover: FailoverAnalysis): FailoverFact[] {
  const { loss, fullRecoveryMs, redundancyMs } = failover;
  return [
    { name: "writes back", text: tellBack(failover) },
    ...fact("reads back", tellReads(failover)),
    { name: "lost", text: `${loss.sentence}${tellLostSeconds(failover)}` },
    ...fact("cross-check", tellForks(failover)),
    ...fact("phases", tellPhases(failover)),
    ...fact("full rate", fullRecoveryMs === null ? null : tellFull(failover, fullRecoveryMs)),
    ...fact(
      "redundancy",
      redundancyMs === null ? null : `whole again after ${tellDistribution(redundancyMs)}.`,
    ),
    ...fact("two primaries", tellDual(failover)),
  ];
}

function fact(name: FailoverFact["name"], text: string | null): FailoverFact[] {
  return text === null ? [] : [{ name, text }];
}

function tellBack({ rtoMs, clientRtoMs, neverBack, trials }: FailoverAnalysis): string {
  const failed = trials.find(({ failedBecause }) => failedBecause !== null);
  const never =
    neverBack === 0
      ? ""
      : ` In ${count(neverBack, "trial")} writes had not resumed when the load ended.`;
  if (rtoMs === null) return `not known: ${failed?.failedBecause ?? "no trial was run."}`;
  const client =
    clientRtoMs === null ? "" : `; the slowest client ${formatDurationMs(clientRtoMs.max)}`;
  const least = resolutionOf(trials);
  const fine = least === null ? "" : ` Resolution: ${formatDurationMs(least)}.`;
  const bound = neverBack === 0 ? "after" : "after at least";
  return `${bound} ${tellDistribution(rtoMs)}${client}.${fine}${never}`;
}

/** `null` where nobody read. */
function tellReads({ readRtoMs, trials }: FailoverAnalysis): string | null {
  if (readRtoMs === null) return null;
  const all = trials.flatMap(({ reads }) => reads ?? []);
  const fine = Math.max(...all.map(({ resolutionMs }) => resolutionMs));
  const away = all.filter(({ isBack }) => !isBack).length;
  const never =
    away === 0 ? "" : ` In ${count(away, "trial")} reads had not resumed when the load ended.`;
  return `a client that may read from standbys too had an answer after ${tellDistribution(readRtoMs)}. Resolution: ${formatDurationMs(fine)}.${never}`;
}

/** `1.91 s in the median of 3 trials (1.63 s to 2.48 s)`. */
export function tellDistribution({ median, min, max }: Distribution): string {
  const { value, n } = median;
  if (n === 1) return `${formatDurationMs(value)} in one trial`;
  return `${formatDurationMs(value)} in the median of ${n} trials (${formatDurationMs(min)} to ${formatDurationMs(max)})`;
}

/** Longest stretch of the undisturbed loads without an acknowledgement. */
export function resolutionOf(trials: readonly FailoverTrial[]): number | null {
  const found = trials.flatMap(({ resolutionMs }) => resolutionMs ?? []);
  return found.length === 0 ? null : Math.max(...found);
}

function tellPhases({ phases }: FailoverAnalysis): string | null {
  const wholeMs = phases.reduce((sum, { medianMs }) => sum + medianMs, 0);
  const told = phases.filter(({ medianMs }) => medianMs >= PHASE_SHARE_MIN * wholeMs);
  if (wholeMs === 0 || told.length === 0) return null;
  return `${told.map(({ name, medianMs }) => `${name} ${formatDurationMs(medianMs)}`).join(", ")}.`;
}

function tellFull({ trials }: FailoverAnalysis, found: Distribution): string {
  const observed = Math.min(
    ...trials.flatMap(({ fullRecovery }) =>
      fullRecovery?.ms == null ? [] : [fullRecovery.observedMs],
    ),
  );
  return `90 % of the rate before after ${tellDistribution(found)}, seen to last ${formatDurationMs(observed)} at least.`;
}

function tellLostSeconds({ trials, loss }: FailoverAnalysis): string {
  if (loss.lost === 0) return "";
  const ms = Math.max(...trials.map(({ loss }) => (loss.is === "known" ? loss.lostMs : 0)));
  return ms === 0
    ? " All of them were acknowledged after the fault."
    : ` The oldest was acknowledged ${formatDurationMs(ms)} before the fault.`;
}

/** The old primaries' own WAL against the ledger; `null` where none was read. */
function tellForks({ trials }: FailoverAnalysis): string | null {
  const forks = trials.flatMap(({ loss }) =>
    loss.is === "known" && loss.fork !== null ? [loss.fork] : [],
  );
  if (forks.length === 0) return null;
  const agreeing = forks.filter(({ verdict }) => verdict === "agrees").length;
  const sum = (valueOf: (fork: (typeof forks)[number]) => number) =>
    forks.reduce((total, fork) => total + valueOf(fork), 0);
  return (
    `the old primaries' WAL holds ${formatBytes(sum(({ bytes }) => bytes))} and ` +
    `${count(
      sum(({ commits }) => commits),
      "COMMIT",
    )} beyond the fork; ` +
    `ledger and WAL agree in ${agreeing} of ${count(forks.length, "trial")}.`
  );
}

/** Only where it happened: that no two servers took writes at once is what one expects. */
function tellDual({ trials }: FailoverAnalysis): string | null {
  const worst = Math.max(0, ...trials.map(({ dualAckMs }) => dualAckMs ?? 0));
  return worst === 0
    ? null
    : `two servers acknowledged writes at the same time, for up to ${formatDurationMs(worst)}.`;
}

/** The ledger's answer, a row per trial. */
export function ledgerTableOf({ trials }: FailoverAnalysis): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  return {
    columns: [
      "trial",
      "primary",
      "writes away",
      "slowest client",
      "acknowledged",
      "lost",
      "lost, warned",
      "no answer (there after all)",
      "two primaries",
      "WAL after the fork",
      "COMMITs there",
      "redundancy back",
    ],
    rows: trials.map((trial) => [
      String(trial.repetition),
      `${trial.from ?? "?"} → ${trial.to ?? "?"}`,
      ...(trial.failedBecause === null ? cellsOf(trial) : [trial.failedBecause, ...BLANKS]),
    ]),
  };
}

const BLANKS = Array.from({ length: 9 }, () => "–");

function cellsOf(trial: FailoverTrial): string[] {
  const { gap, loss, unknown, clientGapMsMax, dualAckMs, redundancyMs } = trial;
  const known = loss.is === "known" ? loss : null;
  const fork = known?.fork ?? null;
  const ms = (value: number | null) => (value === null ? "–" : formatDurationMs(value));
  return [
    gap === null ? "–" : `${gap.endMs === null ? "> " : ""}${formatDurationMs(gap.ms)}`,
    ms(clientGapMsMax),
    known === null ? "–" : formatNumber(known.acknowledged),
    known === null ? "not known" : formatNumber(known.lostOk),
    known === null ? "–" : formatNumber(known.lostWarned),
    unknown === null ? "–" : `${unknown.count} (${unknown.present ?? "?"})`,
    dualAckMs === 0 ? "no" : ms(dualAckMs),
    fork === null ? "–" : formatBytes(fork.bytes),
    fork === null ? "–" : `${fork.commits} (${fork.verdict})`,
    ms(redundancyMs),
  ];
}

/** What each phase took over the trials, and what makes it longer or shorter. */
export function phaseTableOf({ phases }: FailoverAnalysis): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  return {
    columns: ["phase", "median", "longest", "trials", "controlled by"],
    rows: phases.map(({ name, medianMs, maxMs, trials, controlledBy }) => [
      name,
      formatDurationMs(medianMs),
      formatDurationMs(maxMs),
      String(trials),
      controlledBy,
    ]),
  };
}
