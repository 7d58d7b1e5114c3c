import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";

/** Units that the name of a series must have as a word of its own. */
const WORDS: Readonly<Record<string, RegExp>> = {
  ms: /(?:^m|M)s(?![a-z])/,
  bytes: /(?:^b|B)ytes(?![a-z])/,
};

test.each(CATALOG.probes.map((probe) => [probe.id, probe] as const))(
  "%s: its file bears its name, and every series says what it is",
  (id, { summary, source, everyMs, scope, series }) => {
    expect(existsSync(`src/probes/${id}.ts`)).toBe(true);
    expect(summary).toMatch(/^[A-Z`].*\.$/s);
    expect(source).toMatch(/https:\/\/\S+/);
    expect(everyMs).toBeGreaterThanOrEqual(100);
    expect(["instance", "host", "observer"]).toContain(scope);
    expect(Object.keys(series).length).toBeGreaterThan(0);
    for (const [name, { unit, kind, doc }] of Object.entries(series)) {
      expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(["counter", "gauge"]).toContain(kind);
      expect(doc, name).toMatch(/\S{3}/);
      const word = WORDS[unit];
      if (word !== undefined) expect(name).toMatch(word);
    }
  },
);

test("no two probes write into one file", () => {
  const ids = CATALOG.probes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
