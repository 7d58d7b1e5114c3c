import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parsePressure } from "../lib/proc-pressure.ts";

const FOLDER = "/proc/pressure";
const RESOURCES = ["cpu", "io", "memory"] as const;
const LINES = ["some", "full"] as const;
const pairs = RESOURCES.flatMap((resource) =>
  LINES.map((line) => ({
    resource,
    line,
    name: `${resource}${line === "some" ? "Some" : "Full"}`,
    who: line === "some" ? "at least one task" : "every task that could run",
  })),
);

/** How much tasks of the host stand still for want of a resource. */
export const hostPressure = defineHostFileProbe({
  id: "host-pressure",
  summary: "Time in which tasks of the host stood still for want of CPU, disk or memory.",
  source: "https://docs.kernel.org/accounting/psi.html",
  series: Object.fromEntries(
    pairs.flatMap(({ resource, name, who }) => {
      const doc = `which ${who} stood still for want of ${resource}. Null where this kernel does not tell.`;
      return [
        [`${name}Ms`, { unit: "ms", kind: "counter", doc: `Time in ${doc}` }],
        [`${name}Avg10Ratio`, { unit: "ratio", kind: "gauge", doc: `Share of 10 s in ${doc}` }],
      ] as const;
    }),
  ),
  paths: [`${FOLDER}/cpu`, `${FOLDER}/io`, `${FOLDER}/memory`],
  otherwise: `${FOLDER} is not there: this kernel does not offer it (CONFIG_PSI, psi=1).`,
  parse(given) {
    const texts = new Map(RESOURCES.map((name, i) => [name, given[i] ?? null]));
    const v = Object.fromEntries(
      pairs.flatMap(({ resource, line, name }) => {
        const pressure = parsePressure(texts.get(resource) ?? null, line);
        return [
          [`${name}Ms`, pressure?.totalMs ?? null],
          [`${name}Avg10Ratio`, pressure?.avg10Ratio ?? null],
        ] as const;
      }),
    );
    return { v };
  },
});
