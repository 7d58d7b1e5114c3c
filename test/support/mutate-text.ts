import type { Random } from "../../src/lib/random.ts";

/** Values that people type by mistake, and some that only a fuzzer would. */
const PUNCTUATION = "{}[],:#&*!|>'\"%@`-?~\t\n\r \\".split("");
const SCALARS =
  "null true 0 -1 1e999 .nan .inf 0x1F 2026-01-01 << --- ... 60 60s 1GB -5s [[[]]] __proto__ constructor".split(
    " ",
  );
const ODD = PUNCTUATION.concat(
  SCALARS,
  ["!!binary aGk=", "!!set {a}", "!foo bar", "&a ", "*a", "? ", "\u0000", "{a: {a: {}}}", "ß🐘"],
  ["9".repeat(400), "x".repeat(300)],
);

type Mutation = (text: string, random: Random) => string;

const MUTATIONS: readonly Mutation[] = [
  (text, random) => splice(text, random, random.integer(1, 5), ""),
  (text, random) => splice(text, random, 0, pick(ODD, random)),
  (text, random) => splice(text, random, random.integer(1, 12), pick(ODD, random)),
  (text, random) => text.slice(0, random.integer(0, text.length)),
  (text, random) =>
    onLines(text, (lines) => void lines.splice(random.integer(0, lines.length - 1), 1)),
  (text, random) =>
    onLines(text, (lines) => {
      const line = pick(lines, random);
      lines.splice(random.integer(0, lines.length), 0, line);
    }),
  (text, random) => onLines(text, (lines) => void lines.push(...random.shuffle(lines.splice(3)))),
  (text, random) =>
    onLines(text, (lines) => {
      const at = random.integer(0, lines.length - 1);
      lines[at] = `${" ".repeat(random.integer(0, 6))}${lines[at]!.trimStart()}`;
    }),
  (text, random) => replaceOne(text, random, /(?<=: )[^\s{},[\]]+/g, pick(ODD, random)),
  (text, random) => replaceOne(text, random, /\w+(?=:)/g, pick(ODD, random)),
  (text, random) => replaceOne(text, random, /\d+/g, String(random.integer(-10, 1_000_000))),
  (text, random) => replaceOne(text, random, /\w+/g, pick(text.match(/\w+/g) ?? ["a"], random)),
];

/** The text with one to four things wrong with it; some by chance still mean something. */
export function mutateText(text: string, random: Random): string {
  let mutated = text;
  for (let left = random.integer(1, 4); left > 0; left -= 1) {
    mutated = pick(MUTATIONS, random)(mutated, random);
  }
  return mutated;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[random.integer(0, items.length - 1)]!;
}

function splice(text: string, random: Random, remove: number, insert: string): string {
  const at = random.integer(0, text.length);
  return text.slice(0, at) + insert + text.slice(at + remove);
}

function onLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split("\n");
  change(lines);
  return lines.join("\n");
}

function replaceOne(text: string, random: Random, pattern: RegExp, insert: string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: found } = pick(matches, random);
  return text.slice(0, index) + insert + text.slice(index + found.length);
}
