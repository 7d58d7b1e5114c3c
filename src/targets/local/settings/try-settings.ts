import type { Parameters } from "../parameters.ts";
import type { Complaint } from "./read-complaints.ts";
import type { TrialCluster } from "./trial-cluster.ts";

/** A setting that these binaries do not take, or with which they do not start. */
export interface RefusedSetting {
  /** `null` where it cannot be told which of the given settings it is. */
  readonly name: string | null;
  /**
   * `name`: there is no such setting. `value`: the value is none of it. `start`: not with the others, or
   * not on this machine.
   */
  readonly kind: "name" | "value" | "start";
  readonly complaint: Complaint;
}

export interface SettingsTrial {
  readonly refused: readonly RefusedSetting[];
  /** What the server says when it starts, and goes on all the same. */
  readonly warned: readonly { readonly name: string | null; readonly complaint: Complaint }[];
}

export interface SettingsToTry {
  /** What pgdyno sets where the experiment does not. */
  readonly own: Parameters;
  /** What the experiment sets; small letters. */
  readonly given: Parameters;
}

/** Settings are tried one by one only where all together were refused, which mostly they are not. */
export async function trySettings(
  cluster: TrialCluster,
  { own, given }: SettingsToTry,
): Promise<SettingsTrial> {
  const bad = await refusedByThemselves(cluster, given);
  const names = Object.keys(given).filter((name) => !bad.some((refused) => refused.name === name));
  const good = Object.fromEntries(names.map((name) => [name, given[name]!]));
  const started = await startWith(cluster, { own, given: good });
  return { refused: [...bad, ...started.refused], warned: started.warned };
}

async function refusedByThemselves(
  cluster: TrialCluster,
  given: Parameters,
): Promise<RefusedSetting[]> {
  if ((await cluster.read(given)).length === 0) return [];
  const refused: RefusedSetting[] = [];
  for (const [name, value] of Object.entries(given)) {
    const [complaint] = await cluster.read({ [name]: value });
    if (complaint !== undefined) refused.push({ name, kind: kindOf(complaint), complaint });
  }
  return refused;
}

function kindOf({ message }: Complaint): "name" | "value" {
  return UNKNOWN.test(message) ? "name" : "value";
}

/** An extension's own settings are known only once its library is loaded. */
const UNKNOWN = /^(unrecognized configuration parameter|invalid configuration parameter name)/;
const OF_EXTENSION = /^(?:unrecognized|invalid) .*parameter(?: name)? "(\w+\.\w+)"/;

/**
 * Takes settings out until the server starts: each time one without which it does not complain of this
 * any more, and rather one that the complaint names.
 */
async function startWith(
  cluster: TrialCluster,
  { own, given }: SettingsToTry,
): Promise<SettingsTrial> {
  const refused: RefusedSetting[] = [];
  let left = given;
  for (;;) {
    const complaints = await cluster.start({ ...own, ...left });
    const fatal = complaints.find(({ isFatal }) => isFatal);
    if (fatal === undefined) {
      const { unknown, warned } = sortWarnings(complaints, left);
      return { refused: [...refused, ...unknown], warned };
    }
    const name = await findBlame(cluster, { own, given: left }, fatal);
    refused.push({ name, kind: "start", complaint: fatal });
    if (name === null) return { refused, warned: [] };
    left = without(left, name);
  }
}

async function findBlame(
  cluster: TrialCluster,
  { own, given }: SettingsToTry,
  { message, hint }: Complaint,
): Promise<string | null> {
  const said = `${message} ${hint ?? ""}`;
  const isNamed = (name: string) => new RegExp(String.raw`\b${name}\b`).test(said);
  const names = Object.keys(given).toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  for (const name of names) {
    const complaints = await cluster.start({ ...own, ...without(given, name) });
    if (!complaints.some((other) => other.isFatal && other.message === message)) return name;
  }
  return names.find(isNamed) ?? null;
}

/** A server drops an extension's setting that it cannot use with a warning; who wrote it meant it. */
function sortWarnings(complaints: readonly Complaint[], given: Parameters) {
  const unknown: RefusedSetting[] = [];
  const warned: { name: string | null; complaint: Complaint }[] = [];
  for (const complaint of complaints) {
    const dropped = OF_EXTENSION.exec(complaint.message)?.[1]?.toLowerCase();
    const mentioned = Object.keys(given).find((name) => complaint.message.includes(name)) ?? null;
    if (dropped !== undefined && dropped in given) {
      unknown.push({ name: dropped, kind: kindOf(complaint), complaint });
    } else warned.push({ name: mentioned, complaint });
  }
  return { unknown, warned };
}

function without(parameters: Parameters, name: string): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([other]) => other !== name));
}
