import type { Remark } from "../../../contracts/remark.ts";
import type { FieldPath } from "../../../lib/field-path.ts";
import { findNearMiss, measureEditDistance } from "../../../lib/near-miss.ts";
import type { FoundPostgresql } from "../find-postgresql.ts";
import { listModules, splitLibraries } from "./list-modules.ts";
import type { OtherBuilds } from "./other-builds.ts";
import { tellComplaint } from "./read-complaints.ts";
import type { RefusedSetting } from "./try-settings.ts";

/** Where a setting stands in the file, and as which value. */
export interface GivenSetting {
  readonly path: FieldPath;
  /** As written, a share of the memory as a share. */
  readonly written: string;
  /** As PostgreSQL is given it. */
  readonly value: string;
}

export interface RefusedBy {
  readonly found: FoundPostgresql;
  /** The other PostgreSQLs of this machine. */
  readonly others: OtherBuilds;
  /** Where all settings stand: for a fault of none of them. */
  readonly path: FieldPath;
  readonly given: ReadonlyMap<string, GivenSetting>;
  /** Every name that these binaries know. */
  listNames(): Promise<readonly string[]>;
}

/**
 * Settings in which people put passwords and keys: what they are set to is not repeated.
 */
const MAY_HOLD_SECRET = /(conninfo|passphrase|_command$)/;

/** A setting that PostgreSQL refuses, with its own words, and the way out where there is one. */
export async function tellRefused(refused: RefusedSetting, by: RefusedBy): Promise<Remark> {
  const { name, kind } = refused;
  const server = `PostgreSQL ${by.found.version} (${by.found.provenance})`;
  const setting = name === null ? undefined : by.given.get(name);
  if (name === null || setting === undefined) {
    const message = `${server} does not start with these settings: ${tellComplaint(refused.complaint)}`;
    return { path: by.path, at: "key", message, didYouMean: null };
  }
  const isSecret = MAY_HOLD_SECRET.test(name);
  const shown = isSecret ? "***" : setting.written;
  const said = isSecret
    ? tellComplaint(refused.complaint).replaceAll(setting.value, "***")
    : tellComplaint(refused.complaint);
  const { path } = setting;
  switch (kind) {
    case "name": {
      const near = findNearSetting(name, await by.listNames());
      const other = near === null ? await findOther(name, setting, by) : null;
      const message = joinSentences(`\`${name}\` is no setting of ${server}.`, other);
      return { path, at: "key", message, didYouMean: near };
    }
    case "value": {
      const other = await findOther(name, setting, by);
      const share = setting.written === setting.value ? "" : ` (${setting.value} here)`;
      const message = `\`${name}\` is \`${shown}\`${share}, which ${server} does not take: ${said}`;
      return { path, at: "value", message: joinSentences(message, other), didYouMean: null };
    }
    case "start": {
      const message = `With \`${name}\` as \`${shown}\` ${server} does not start: ${said}`;
      const library = await findMissingLibrary(said, setting.value, by.found.binDirectory);
      return {
        path,
        at: "value",
        message: joinSentences(message, library?.known ?? null),
        didYouMean: library?.near ?? null,
      };
    }
  }
}

/** Of an extension's own settings other builds know nothing either until its library is loaded. */
function findOther(name: string, { value }: GivenSetting, by: RefusedBy): Promise<string | null> {
  return name.includes(".") ? Promise.resolve(null) : by.others.find({ [name]: value });
}

/** Names of settings are long and share their words: a slip is a letter or two. */
const LETTERS_PER_SLIP = 7;

function findNearSetting(name: string, known: readonly string[]): string | null {
  const near = findNearMiss(name, known);
  const slips = Math.max(1, Math.floor(name.length / LETTERS_PER_SLIP));
  return near !== null && measureEditDistance(name, near.toLowerCase()) <= slips ? near : null;
}

function joinSentences(first: string, second: string | null): string {
  return second === null ? first : `${first} ${second}`;
}

/** What the build has in place of a library that it does not have. */
async function findMissingLibrary(said: string, value: string, binDirectory: string) {
  const missing = splitLibraries(value).find((library) => said.includes(`"${library}"`));
  if (missing === undefined || !said.includes("could not access file")) return null;
  const modules = await listModules(binDirectory);
  const near = findNearMiss(missing, modules);
  return { near, known: near === null ? "This build does not bring that library." : null };
}
