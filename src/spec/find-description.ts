import { z } from "zod";
import type { FieldPath } from "../lib/field-path.ts";

/** What is used here of a JSON Schema. */
interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/**
 * Looks up what a schema says of the field at a path; `null` where it says nothing.
 *
 * For a fault whose own words are a pattern only. Made at the first look, since most files have none.
 */
export function makeDescriptionFinder(schema: z.ZodType): (path: FieldPath) => string | null {
  let root: Node | undefined;
  return (path) => {
    root ??= z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node;
    return path.reduce<Node | undefined>(stepInto, root)?.description ?? null;
  };
}

function stepInto(node: Node | undefined, step: string | number): Node | undefined {
  if (node === undefined) return undefined;
  const here = typeof step === "number" ? node.items : node.properties?.[step];
  return here ?? node.anyOf?.map((branch) => stepInto(branch, step)).find((found) => found);
}
