import { evidenceOf, type Window } from "../analysis/evidence-of-window.ts";
import type { Evidence } from "../analysis/evidence.ts";
import type { Analysis } from "../analysis/model.ts";
import type { SurfacePoint } from "../stages/sync-surface/model.ts";
import { nameReplication } from "../analysis/name-replication.ts";
import type { PlannedReplication } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";

/** As in `JudgedLoad`. */
interface SurfaceLoad {
  readonly at: string;
  readonly windows: readonly Evidence[];
}

/**
 * What rules are asked about of a surface: the undisturbed load of each point, and, where writes were
 * blocked while a standby was away, just that time. That is no fault's side effect, it is the question.
 */
export function surfaceLoads(record: RunRecord, { surfaces, trials }: Analysis): SurfaceLoad[] {
  const loadOf = (point: SurfacePoint): SurfaceLoad[] => {
    const name = nameReplication(point.replication);
    const undisturbed = trials.flatMap((trial) =>
      trial.window !== null && point.trials.includes(trial.planned.id)
        ? [withSettings(evidenceOf(record, trial.window, trial), point.replication)]
        : [],
    );
    const blocked = blockedWindows(point).map((window) =>
      withSettings(evidenceOf(record, window, null), point.replication),
    );
    return [
      ...(undisturbed.length === 0 ? [] : [{ at: name, windows: undisturbed }]),
      ...(blocked.length === 0 ? [] : [{ at: `a standby stopped, ${name}`, windows: blocked }]),
    ];
  };
  return surfaces.flatMap(({ points }) => points.flatMap(loadOf));
}

function blockedWindows({ standbyLoss }: SurfacePoint): Window[] {
  if (standbyLoss?.blockedMs == null || standbyLoss.blockedMs.max === 0) return [];
  return standbyLoss.trials.flatMap(({ gap }) =>
    gap === null ? [] : [{ startMs: gap.startMs, endMs: gap.endMs ?? gap.startMs + gap.ms }],
  );
}

/** The record keeps the settings that the run began with; these were in force at this point. */
function withSettings(
  evidence: Evidence,
  { commit, method, number }: PlannedReplication,
): Evidence {
  const settings: Readonly<Record<string, string>> = {
    synchronous_commit: commit,
    synchronous_standby_names: method === null ? "" : `${method.toUpperCase()} ${number} (*)`,
  };
  return { ...evidence, settingText: (name) => settings[name] ?? evidence.settingText(name) };
}
