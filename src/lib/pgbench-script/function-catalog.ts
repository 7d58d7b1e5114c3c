import { findNearMiss } from "../near-miss.ts";

/**
 * The functions of pgbench's script language, and how many arguments each takes.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-FUNCTIONS.
 */
const ARGUMENTS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  abs: [1, 1],
  debug: [1, 1],
  double: [1, 1],
  exp: [1, 1],
  greatest: [1, 16],
  hash: [1, 2],
  hash_fnv1a: [1, 2],
  hash_murmur2: [1, 2],
  int: [1, 1],
  least: [1, 16],
  ln: [1, 1],
  mod: [2, 2],
  permute: [2, 3],
  pi: [0, 0],
  pow: [2, 2],
  power: [2, 2],
  random: [2, 2],
  random_exponential: [3, 3],
  random_gaussian: [3, 3],
  random_zipfian: [3, 3],
  sqrt: [1, 1],
};

/** What is wrong with calling `name` with so many arguments. @returns `null` where nothing is. */
export function checkArguments(name: string, count: number): string | null {
  const range = Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name] : undefined;
  if (range === undefined) {
    return complainOfUnknown(name);
  }
  const [least, most] = range;
  if (count >= least && count <= most) return null;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  return `\`${name}\` takes ${wanted} ${most === 1 ? "argument" : "arguments"}, not ${count}`;
}

/** Among short names everything is near: `now` is no slip for `pow`. */
const SLIP_CHARACTERS_MIN = 4;

function complainOfUnknown(name: string): string {
  const known = Object.keys(ARGUMENTS);
  const near = name.length < SLIP_CHARACTERS_MIN ? null : findNearMiss(name, known);
  if (near !== null) return `there is no function \`${name}\`; is \`${near}\` meant?`;
  return (
    `there is no function \`${name}\` here; there are ${known.join(", ")}. ` +
    `A function of the server's is called in SQL: \`SELECT ${name}(…) AS x \\gset\``
  );
}
