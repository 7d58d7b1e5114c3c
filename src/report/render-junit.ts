import type { Finding } from "../findings/rule.ts";
import type { Chapter } from "./chapter.ts";
import type { Report } from "./compose-report.ts";
import { tellLoadError } from "./list-load-errors.ts";
import type { VerdictValue } from "../findings/judge-run.ts";
import type { ObjectiveVerdict } from "../findings/objectives.ts";
import type { ReportModel } from "./model.ts";
import { tellHow, tellValue } from "./tell-how.ts";

interface TestCase {
  /** `run`, `objectives`, `findings`, or that of a kind of stage. */
  readonly suite: string;
  readonly name: string;
  /** `error`: the run did not come to a verdict. */
  readonly verdict: VerdictValue | "error";
  readonly because: string;
  readonly detail: string;
}

/**
 * Objectives, what stages have to say (controls of comparisons) and findings as test cases, for CI systems. There is a failure
 * where the exit status is 1, and there alone: what made the run fail. Whatever else was found and
 * whatever is undecided is skipped, with its message. A run that failed, such as one whose load cannot
 * work, is an error.
 */
export function renderJunit({ model, chapters }: Report): string {
  const suites = [
    { name: "run", cases: casesOfRun(model) },
    { name: "objectives", cases: model.objectives.map(caseOfObjective) },
    ...chapters.map(casesOfChapter),
    { name: "findings", cases: model.findings.map((finding) => caseOfFinding(finding, model)) },
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const body = suites.map(({ name, cases }) => renderSuite(name, cases, model)).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escape(model.run.name)}" ${counts(all)} time="${seconds(model)}">\n${body}</testsuites>\n`;
}

function casesOfRun({ run, loadErrors }: ReportModel): TestCase[] {
  if (run.status !== "failed") return [];
  const detail = loadErrors.map(tellLoadError).join("\n");
  const because = run.statusBecause ?? "The run failed.";
  return [{ suite: "run", name: "the run came to its end", verdict: "error", because, detail }];
}

function caseOfObjective({ objective, wanted, ...rest }: ObjectiveVerdict): TestCase {
  const detail = rest.found === null ? "" : `wanted ${wanted}, found ${rest.found}`;
  return { suite: "objectives", name: `${objective} ${wanted}`, detail, ...rest };
}

function casesOfChapter({ suite, sections }: Chapter) {
  const name = suite ?? "";
  const cases = sections.flatMap(({ cases = [] }) =>
    cases.map((one): TestCase => ({ ...one, suite: name, detail: "" })),
  );
  return { name, cases };
}

function caseOfFinding(
  { id, rank, evidence, advice, ...found }: Finding,
  { verdictFinding }: ReportModel,
): TestCase {
  // An observed server that is held back by something unexplained fails, too.
  const isHeldBack = found.heldBackBy !== undefined && id === verdictFinding;
  const isVerdict = isHeldBack || (found.verdict === "fail" && id === verdictFinding);
  const isBeside = found.verdict === "fail" && !isVerdict;
  const verdict = isBeside ? "unknown" : isVerdict ? "fail" : found.verdict;
  const place = rank === 1 ? "what holds back most" : `number ${rank} of what was found`;
  const because = isBeside ? `Found, ${place}: ${found.because}` : found.because;
  const lines = evidence.map((figure) => {
    const how = tellHow(figure, found);
    return `${figure.name}: ${tellValue(figure)} (${how === "" ? "" : `${how}; `}${figure.from})`;
  });
  const detail = [...lines, ...(advice === null ? [] : [`What to do: ${advice}`])].join("\n");
  return { suite: "findings", name: id, verdict, because, detail };
}

function renderSuite(name: string, cases: readonly TestCase[], model: ReportModel): string {
  if (cases.length === 0) return "";
  return `  <testsuite name="${name}" ${counts(cases)} timestamp="${model.run.startedAtUtc}">\n${cases.map(renderCase).join("")}  </testsuite>\n`;
}

function renderCase({ suite, name, verdict, because, detail }: TestCase): string {
  const head = `    <testcase classname="pgdyno.${suite}" name="${escape(name)}"`;
  if (verdict === "pass") return `${head}/>\n`;
  if (verdict === "error") {
    return `${head}>\n      <error message="${escape(because)}">${escape(detail)}</error>\n    </testcase>\n`;
  }
  const inside =
    verdict === "unknown"
      ? `<skipped message="${escape(because)}"/>${detail === "" ? "" : `\n      <system-out>${escape(detail)}</system-out>`}`
      : `<failure message="${escape(because)}">${escape(detail)}</failure>`;
  return `${head}>\n      ${inside}\n    </testcase>\n`;
}

function counts(cases: readonly TestCase[]): string {
  const of = (verdict: TestCase["verdict"]) =>
    cases.filter((one) => one.verdict === verdict).length;
  return `tests="${cases.length}" failures="${of("fail")}" errors="${of("error")}" skipped="${of("unknown")}"`;
}

function seconds({ run }: ReportModel): string {
  return (run.durationMs / 1000).toFixed(3);
}

function escape(text: string): string {
  return Array.from(text, (letter) => (isXml(letter.codePointAt(0)!) ? letter : "\ufffd"))
    .join("")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** @see https://www.w3.org/TR/xml/#charsets: no control characters but these, not even escaped. */
function isXml(code: number): boolean {
  return code >= 0x20
    ? code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code <= 0xdfff)
    : code === 0x9 || code === 0xa || code === 0xd;
}
