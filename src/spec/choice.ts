import { z } from "zod";
import { WHERE_MAPPING } from "./where-mapping.ts";

/** Something of which there are several kinds, by name: a target, a workload. */
export interface Choosable {
  readonly id: string;
  readonly summary: string;
  readonly options: z.ZodType;
}

/** What was chosen, with every default filled in. */
export interface Choice {
  readonly id: string;
  readonly options: unknown;
}

/**
 * A mapping with exactly one key, which names the part: `local: {…}`. Nothing after the key
 * means all defaults.
 */
export function choiceOf(noun: string, parts: readonly Choosable[]): z.ZodType<Choice> {
  const shape = Object.fromEntries(
    parts.map(({ id, summary, options }) => [
      id,
      emptyAsDefaults(options).optional().describe(summary),
    ]),
  );
  const example = parts[0] === undefined ? "" : `, such as \`${parts[0].id}: {}\``;
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === "invalid_type"
          ? `must be a mapping with the ${noun} as its key${example}`
          : undefined,
    })
    .superRefine((chosen, context) => {
      const count = Object.keys(chosen).length;
      if (count === 1) return;
      const found = count === 0 ? "names none" : `names ${Object.keys(chosen).join(" and ")}`;
      const message = `must name exactly one ${noun}, but ${found}`;
      context.addIssue({ code: "custom", message, params: { namesNone: count === 0 } });
    }, WHERE_MAPPING)
    .transform((chosen): Choice => {
      const [id, options] = Object.entries(chosen)[0] ?? ["", null];
      return { id, options };
    })
    .meta({ minProperties: 1, maxProperties: 1 });
}

/** A part by its name alone, with all defaults (`kill-primary`), or as `choiceOf` has it. */
export function choiceByName(noun: string, parts: readonly Choosable[]): z.ZodType<Choice> {
  const names = z.enum(parts.map(({ id }) => id)).transform((id): Choice => ({
    id,
    options: parts.find((part) => part.id === id)!.options.parse({}),
  }));
  return z.union([names, choiceOf(noun, parts)]);
}

/** `key:` with nothing after it reads as `key: {}`. */
export function emptyAsDefaults<T extends z.ZodType>(options: T) {
  return z.preprocess((value) => (value === null ? {} : value), options);
}
