/**
 * Errors that meet every transaction of a script, whatever its numbers are and whoever runs beside it.
 * All others may be chance, or what the script is there to measure.
 *
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
const CERTAIN = [
  /^42/, // Syntax, and names, types or rights that are not there.
  /^0A000$/, // Feature not supported.
  /^08P01$/, // Protocol violation: parameters that no statement wants.
  /^25001$|^25P01$|^25006$/, // Within or outside a block where it must not be; a server that only reads.
  /^26000$|^34000$|^3D000$|^3F000$/, // A prepared statement, cursor, database or schema that is not there.
  /^54/, // More than PostgreSQL can take in one statement.
];

/** Of class 42: what another client, or the pass before, may have made already. */
const BY_CHANCE = new Set(["42P03", "42P04", "42P05", "42P06", "42P07", "42710", "42723"]);

export function isCertain(sqlState: string): boolean {
  return !BY_CHANCE.has(sqlState) && CERTAIN.some((pattern) => pattern.test(sqlState));
}

/** What only the transaction around a dry pass causes: the script is then tried without it. */
const BY_BLOCK = new Set(["25001", "2D000", "25P02", "0A000"]);

export function mayComeFromBlock(code: string): boolean {
  return BY_BLOCK.has(code);
}
