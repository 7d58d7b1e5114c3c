import { resolveMemoryShareOrNull } from "../../lib/memory-share.ts";
import { parseBytes, parseDurationMs } from "../../lib/units.ts";
import type { LocalOptions } from "./options.ts";

const MB = 1024 ** 2;
/**
 * The manual's starting point for a dedicated server.
 * https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS
 */
const SHARED_BUFFERS_SHARE = 0.25;
/** Above this an unasked-for allocation would surprise on a laptop, and warming it up takes minutes. */
const SHARED_BUFFERS_BYTES_MAX = 1024 * MB;
const SHARED_BUFFERS_BYTES_MIN = 16 * MB;

/** A setting's name and its value as `postgresql.conf` wants it, without quotes. */
export type Parameters = Readonly<Record<string, string>>;

/** What the settings depend on. */
export interface ParameterFacts {
  readonly memoryBytes: number;
  readonly hasPgStatStatements: boolean;
}

/**
 * The settings of a server that is to be measured: what the probes need is on, what keeps data safe
 * stays as PostgreSQL has it, and the user's own settings win.
 */
export function chooseParameters(
  given: LocalOptions["postgresql"]["parameters"],
  { memoryBytes, hasPgStatStatements }: ParameterFacts,
): Parameters {
  const shared = Math.min(memoryBytes * SHARED_BUFFERS_SHARE, SHARED_BUFFERS_BYTES_MAX);
  return {
    shared_buffers: `${Math.floor(Math.max(shared, SHARED_BUFFERS_BYTES_MIN) / MB)}MB`,
    // Room for a ladder up to 128 clients, the probes, and those who are still saying goodbye.
    max_connections: "200",
    track_io_timing: "on",
    track_wal_io_timing: "on",
    ...(hasPgStatStatements ? { shared_preload_libraries: "pg_stat_statements" } : {}),
    // Windows are cut where checkpoints begin, and the log tells when.
    log_checkpoints: "on",
    log_lock_waits: "on",
    log_line_prefix: "%m [%p] ",
    log_timezone: "UTC",
    timezone: "UTC",
    ...settleParameters(given, memoryBytes),
  };
}

/** Settings as an experiment gives them: names in small letters, shares of the memory as sizes. */
export function settleParameters(
  given: Readonly<Record<string, string | number | boolean>>,
  memoryBytes: number,
): Parameters {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const text = formatValue(value);
      return [name.toLowerCase(), resolveMemoryShareOrNull(text, memoryBytes) ?? text];
    }),
  );
}

/** A setting for people, with the share that it comes from: `shared_buffers=6016MB (25%)`. */
export function showParameter(name: string, value: string, given: unknown): string {
  const shown = /\s/.test(value) ? `${name}='${value}'` : `${name}=${value}`;
  return typeof given === "string" && given.includes("%") && given !== value
    ? `${shown} (${given.trim()})`
    : shown;
}

/** The settings as lines of `postgresql.conf`. */
export function formatParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'\n`)
    .join("");
}

/** `shared_buffers` in bytes; a bare number counts pages of 8 kB. `null` where it cannot be read. */
export function sharedBuffersBytes(parameters: Parameters): number | null {
  return parseWithUnit(parameters["shared_buffers"], 8192);
}

/** `max_wal_size` in bytes; a bare number counts MB. PostgreSQL's default where it is not set. */
export function maxWalBytes(parameters: Parameters): number {
  return parseWithUnit(parameters["max_wal_size"], MB) ?? 1024 * MB;
}

/** `checkpoint_timeout`; a bare number counts seconds. PostgreSQL's default where it is not set. */
export function checkpointTimeoutMs(parameters: Parameters): number {
  const text = parameters["checkpoint_timeout"];
  const ms = text === undefined ? null : /^\d+$/.test(text) ? Number(text) * 1000 : null;
  return ms ?? parseDurationMs(text ?? "") ?? 300_000;
}

function parseWithUnit(text: string | undefined, bareBytes: number): number | null {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? Number(text) * bareBytes : parseBytes(text);
}

function formatValue(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}
