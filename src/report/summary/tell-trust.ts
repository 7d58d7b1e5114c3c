import type { Analysis } from "../../analysis/model.ts";
import type { Finding } from "../../findings/rule.ts";
import type { RunManifest } from "../../record/format.ts";
import { isObservation } from "../../findings/judge-run.ts";
import { listReasons } from "../../findings/judge-validity.ts";
import type { ChapterSection } from "../chapter.ts";
import { count } from "../phrases.ts";
import { gradeOf } from "./grade-of.ts";
import { GATE_WORDS } from "./gate-words.ts";
import type { Trust } from "./model.ts";

/** From this share of open questions on, what was watched was seen in part only. */
const OPEN_SHARE_MAX = 0.5;

/** Whether a reader may believe what follows, and why not. */
export function tellTrust(
  manifest: RunManifest,
  analysis: Analysis,
  findings: readonly Finding[],
  sections: readonly ChapterSection[],
): Trust {
  const [distrust] = sections.flatMap(({ distrust }) => distrust ?? []);
  if (distrust !== undefined) return { is: "no", because: distrust };
  const seen = isObservation(manifest) ? trustWatch(manifest, findings) : trustTrials(analysis);
  if (manifest.status === "finished") return seen;
  const because = `The run did not reach its end (${manifest.status}). ${seen.because}`;
  return { is: seen.is === "no" ? "no" : "partly", because };
}

function trustTrials({ trials }: Analysis): Trust {
  if (trials.length === 0) return { is: "no", because: "Nothing was measured." };
  const of = (grade: string) => trials.filter((trial) => gradeOf(trial) === grade).length;
  const [degraded, invalid] = [of("degraded"), of("invalid")];
  const all = count(trials.length, "measurement");
  const reason = tellReason(trials);
  if (degraded + invalid === 0) {
    const whole = trials.length === 1 ? "The measurement is valid" : `All ${all} are valid`;
    return { is: "yes", because: `${whole}, without reservation.` };
  }
  if (invalid === trials.length) return { is: "no", because: `None of ${all} counts${reason}` };
  if (invalid > 0) {
    return {
      is: "partly",
      because: `${invalid} of ${all} ${invalid === 1 ? "is" : "are"} left out${reason}`,
    };
  }
  const some = degraded === trials.length ? "each" : `${degraded} of them`;
  return {
    is: "reserved",
    because:
      trials.length === 1
        ? `The measurement counts, with a reservation${reason}`
        : `All ${all} count, ${some} with a reservation${reason}`,
  };
}

/** The commonest of what is worst, and how often it is the reason. */
function tellReason(trials: Analysis["trials"]): string {
  const [worst] = listReasons(trials);
  if (worst === undefined) return ".";
  const words = GATE_WORDS[worst.gate];
  return words === undefined ? `. ${worst.because}` : `: ${words}.`;
}

/** Of what was watched: how many questions had an answer, and what could not be seen. */
function trustWatch({ server }: RunManifest, findings: readonly Finding[]): Trust {
  const open = findings.filter(({ verdict }) => verdict === "unknown").length;
  const missing = server?.missingPrivileges ?? [];
  const answered = `${findings.length - open} of ${count(findings.length, "question")} could be answered.`;
  if (findings.length === 0 || open === findings.length) {
    return { is: "no", because: `Too little was seen. ${missing[0] ?? ""}`.trim() };
  }
  if (open > OPEN_SHARE_MAX * findings.length) {
    return { is: "partly", because: `Only ${answered} ${missing[0] ?? ""}`.trim() };
  }
  return missing.length > 0
    ? { is: "reserved", because: `${answered} ${missing[0]}` }
    : { is: "yes", because: answered };
}
