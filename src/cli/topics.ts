import type { Probe } from "../contracts/probe.ts";
import type { Json } from "../record/json.ts";
import { describeExperiment, type FieldFacts, type FieldSection } from "../spec/describe-fields.ts";
import { ERRORS } from "../lib/error-catalog.ts";
import type { Catalog } from "./catalog.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES } from "./exit-codes.ts";

/** Something that `pgdyno explain` can explain. */
export interface Topic {
  /** `error`, `field`, `probe` …: told beside the name where a name means several things. */
  readonly kind: string;
  readonly name: string;
  /** For people. */
  readonly lines: readonly string[];
  /** For programs. */
  readonly facts: Json;
}

/** Everything that can be explained, all from the code itself. */
export function listTopics(catalog: Catalog, commands: readonly Command[]): Topic[] {
  return [
    ...commands.map(topicOfCommand),
    ...describeExperiment(catalog).flatMap(topicsOfSection),
    ...catalog.probes.flatMap(topicsOfProbe),
    ...catalog.rules.map(topicOfRule),
    ...Object.entries(ERRORS).map(topicOfError),
    ...Object.entries(EXIT_CODES).map(([code, text]) =>
      topic("exit status", code, [text], { code: Number(code), text }),
    ),
    topic(
      "list",
      "exit-codes",
      Object.entries(EXIT_CODES).map(([code, text]) => `${code.padStart(3)}  ${text}`),
      { ...EXIT_CODES },
    ),
  ];
}

function topic(kind: string, name: string, lines: readonly string[], facts: object): Topic {
  return { kind, name, lines, facts: JSON.parse(JSON.stringify(facts)) as Json };
}

function topicOfCommand({ name, summary, details }: Command): Topic {
  const lines = [`${summary}.`, ...(details === undefined ? [] : [details])];
  return topic("command", name, [...lines, `More: pgdyno ${name} --help`], { name, summary });
}

function topicsOfSection(section: FieldSection): Topic[] {
  const { id, noun, summary, fields } = section;
  const width = Math.max(0, ...fields.map(({ path }) => path.length));
  const table = fields.map(
    (field) => `${field.path.padEnd(width)}  ${field.description || field.type}`,
  );
  return [
    topic(noun, id, [summary, "", ...table], section),
    ...fields.map((field) => topic("field", field.path, tellField(field), field)),
  ];
}

function tellField({ description, type, required, default: value }: FieldFacts): string[] {
  return [
    ...(description === "" ? [] : [description]),
    `Type: ${type}`,
    required ? "Required." : `Default: ${value ?? "none"}`,
  ];
}

/** Where a probe of that scope is read. */
export const READ_FROM: Readonly<Record<Probe["scope"], string>> = {
  instance: "each PostgreSQL instance",
  host: "each host",
  observer: "pgdyno itself",
};

function topicsOfProbe(probe: Catalog["probes"][number]): Topic[] {
  const { id, summary, source, everyMs, keyed, scope, series } = probe;
  const where = READ_FROM[scope];
  const rows = Object.entries(series).map(
    ([name, { unit, kind, doc }]) => `${name} (${unit}, ${kind}): ${doc}`,
  );
  const facts = { id, summary, source, everyMs, keyed, scope, series };
  const head = [summary, `Read from ${where} every ${everyMs} ms${keyed ? ", per key" : ""}.`];
  return [
    topic("probe", id, [...head, "", ...rows, "", `Source: ${source}`], facts),
    ...Object.entries(series).map(([name, info]) =>
      topic(
        "series",
        `${id}/${name}`,
        [info.doc, `Unit: ${info.unit}. Kind: ${info.kind}.`, `Source: ${source}`],
        { probe: id, name, ...info, source },
      ),
    ),
  ];
}

function topicOfRule(rule: Catalog["rules"][number]): Topic {
  const { id, asks, needs, sources, explainedBy } = rule;
  const behind = explainedBy.length === 0 ? [] : [`Explained by: ${explainedBy.join(", ")}`];
  return topic(
    "rule",
    id,
    [asks, `Needs the probes: ${needs.join(", ") || "none"}`, ...behind, ...sources],
    { id, asks, needs, sources, explainedBy },
  );
}

function topicOfError([code, { what, hint, exit }]: [
  string,
  { readonly what: string; readonly hint: string; readonly exit: number },
]): Topic {
  const meaning = EXIT_CODES[exit as keyof typeof EXIT_CODES];
  return topic("error", code, [what, hint, `Exit status ${exit}: ${meaning}`], {
    code,
    what,
    hint,
    exit,
  });
}
