import { z } from "zod";
import { makeExperimentSchema, stageParts, type KnownParts } from "./experiment-schema.ts";

/** A field of the experiment file, for `explain` and the reference page. */
export interface FieldFacts {
  /** `stages[].ladder.duration`. */
  readonly path: string;
  readonly required: boolean;
  /** In words: `text such as 60s`, `whole number, 1 to 100`. */
  readonly type: string;
  /** As one would write it; `null` where there is none. */
  readonly default: string | null;
  readonly description: string;
}

/** Fields that belong together: the file itself, one kind of stage, one target, one workload. */
export interface FieldSection {
  /** `experiment`, or the id of the part. */
  readonly id: string;
  readonly noun: "experiment" | "stage" | "target" | "workload" | "fault";
  readonly summary: string;
  readonly fields: readonly FieldFacts[];
}

/** Every field that may stand in an experiment, from the schemas that also check it. */
export function describeExperiment(parts: KnownParts): FieldSection[] {
  const named = stageParts(parts);
  const summary = "An experiment: where PostgreSQL lives, what is asked of it, what is done.";
  return [
    {
      id: "experiment",
      noun: "experiment",
      summary,
      fields: describeFields(makeExperimentSchema(parts), ""),
    },
    ...parts.stages.map(({ kind, summary, schema }) => ({
      id: kind,
      noun: "stage" as const,
      summary,
      fields: describeFields(schema(named), `stages[].${kind}`),
    })),
    ...parts.targets.map(({ id, summary, options }) => ({
      id,
      noun: "target" as const,
      summary,
      fields: describeFields(options, `target.${id}`),
    })),
    ...parts.workloads.map(({ id, summary, options }) => ({
      id,
      noun: "workload" as const,
      summary,
      fields: describeFields(options, `workload.${id}`),
    })),
    ...parts.faults.map(({ id, summary, options }) => ({
      id,
      noun: "fault" as const,
      summary,
      fields: describeFields(options, `fault.${id}`),
    })),
  ];
}

/** What is used here of a JSON Schema. */
interface Node {
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxProperties?: number;
  readonly default?: unknown;
  readonly "x-example"?: string;
  readonly description?: string;
}

function describeFields(schema: z.ZodType, prefix: string): FieldFacts[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return listFields(json as Node, prefix);
}

function listFields(node: Node, prefix: string): FieldFacts[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, field]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const own: FieldFacts = {
      path,
      required: node.required?.includes(key) === true && field.default === undefined,
      type: tellType(field),
      default: tellDefault(field.default),
      description: field.description ?? "",
    };
    return [own, ...listInside(field, path)];
  });
}

/** What a field holds; of a choice between parts only the choice, since each has its own section. */
function listInside(node: Node, path: string): FieldFacts[] {
  if (node.maxProperties === 1) return [];
  const branches = node.anyOf ?? node.oneOf ?? [];
  return [
    ...listFields(node, path),
    ...(node.items === undefined ? [] : listInside(node.items, `${path}[]`)),
    ...branches.flatMap((branch) => listInside(branch, path)),
  ];
}

function tellType(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(" or ");
  const example = node["x-example"];
  if (example !== undefined) return `text such as \`${example}\``;
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(tellType))].join(" or ");
  if (node.maxProperties === 1) {
    return `one of ${Object.keys(node.properties ?? {}).join(", ") || "nothing yet"}`;
  }
  const types = typeof node.type === "string" ? [node.type] : (node.type ?? ["anything"]);
  return types.map((type) => tellPlainType(type, node)).join(" or ");
}

function tellPlainType(type: string, node: Node): string {
  switch (type) {
    case "string":
      return "text";
    case "integer":
      return `whole number${tellRange(node)}`;
    case "number":
      return `number${tellRange(node)}`;
    case "boolean":
      return "`true` or `false`";
    case "array":
      return node.items === undefined ? "list" : `list of: ${tellType(node.items)}`;
    case "object":
      return "mapping";
    default:
      return type;
  }
}

function tellRange({ minimum, maximum }: Node): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : minimum;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  if (low !== null && high !== null) return `, ${low} to ${high}`;
  if (low !== null) return `, at least ${low}`;
  return high === null ? "" : `, at most ${high}`;
}

function tellDefault(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
