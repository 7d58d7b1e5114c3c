/** The table finding × situation, from what the staged tests saw on real servers. */
import { table } from "../src/report/markdown/markup.ts";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Catalog } from "../src/cli/catalog.ts";

/** What `npm run capture:findings` keeps; see `test/e2e/findings/judge-outcome.ts`. */
interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly cause: string | null;
  readonly postgresql: string;
  readonly failed: readonly { readonly id: string; readonly confidence: string }[];
  readonly unknown: readonly string[];
  readonly wrong: readonly string[];
  readonly undecided?: true;
  readonly disturbed: boolean;
  readonly look?: number;
}

const FILE = fileURLToPath(new URL("../test/e2e/findings/outcomes.json", import.meta.url));

/** The blocks of the page below its title. */
export function tellFindings({ rules }: Pick<Catalog, "rules">): string[] {
  if (!existsSync(FILE)) return ["Not captured yet: `npm run capture:findings` writes it."];
  const outcomes = JSON.parse(readFileSync(FILE, "utf8")) as Outcome[];
  const healthy = outcomes.filter(({ cause, undecided }) => cause === null && undecided !== true);
  return [
    "What `pgdyno observe` said of servers on which something was brought about on purpose, loaded by a pgbench that it knew nothing of. Written by `npm run capture:findings`; each situation is in `test/e2e/findings/situations/`.",
    "Each observation took 5 to 75 s. `noisy-neighbour` and `cpu-saturated` speak of the machine that the tests ran on and may be true beside anything; a row where they failed as well is marked with *. Where the first look at a situation was not as it should be, a second was taken and is shown instead, marked with “second look”; rows from before these were counted may hide one. `no-bottleneck` passes where nothing fails, and is unknown where something holds the load back that no finding speaks of.",
    `## By finding\n\n${table(
      ["Finding", "Shown by", "Rightly not found in"],
      rules.map(({ id }) => [`\`${id}\``, shownBy(id, outcomes), absentIn(id, outcomes)]),
    )}`,
    `## By situation\n\n${table(
      ["Situation", "PostgreSQL", "Cause", "Found, root cause first", "As it should be"],
      outcomes.map((one) => [
        `${one.title}${one.disturbed ? " *" : ""}`,
        one.postgresql,
        causeOf(one),
        one.failed.map(({ id, confidence }) => `\`${id}\` (${confidence})`).join(", ") || "nothing",
        asItShouldBe(one),
      ]),
    )}`,
    `Of ${healthy.length} servers that are well, ${healthy.filter(({ wrong }) => wrong.length === 0).length} raised no alarm about the server.`,
  ];
}

function asItShouldBe({ wrong, look }: Outcome): string {
  const answer = wrong.length === 0 ? "yes" : `no: ${wrong.join("; ")}`;
  return look === undefined ? answer : `${answer} (second look)`;
}

function causeOf({ cause, undecided }: Outcome): string {
  if (undecided === true) return "one that no finding speaks of";
  return cause === null ? "none: it is well" : `\`${cause}\``;
}

function shownBy(id: string, outcomes: readonly Outcome[]): string {
  const cases = outcomes.filter(({ cause }) => cause === id);
  const beside = outcomes.filter(
    ({ cause, failed }) => cause !== id && failed.some((finding) => finding.id === id),
  );
  if (id === "no-bottleneck") {
    const passed = outcomes.filter(
      ({ failed, undecided }) => failed.length === 0 && undecided !== true,
    );
    return passed.map(({ id: situation }) => situation).join(", ") || "not shown yet";
  }
  const told = cases.map(({ id: situation, failed }) => {
    const found = failed.find((finding) => finding.id === id);
    return `${situation}: ${found === undefined ? "**missed**" : found.confidence}`;
  });
  if (told.length === 0 && beside.length > 0) {
    return `beside its cause in ${beside.map(({ id: situation }) => situation).join(", ")}`;
  }
  return told.join(", ") || "not shown yet";
}

function absentIn(id: string, outcomes: readonly Outcome[]): string {
  const absent = outcomes.filter(({ failed }) => !failed.some((finding) => finding.id === id));
  const undecided = absent.filter(({ unknown }) => unknown.includes(id)).length;
  const passed = absent.length - undecided;
  return `${passed} passed${undecided === 0 ? "" : `, ${undecided} unknown`}`;
}
