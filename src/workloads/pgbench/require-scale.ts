import type { LoadTarget } from "../../contracts/workload.ts";
import { DynoError } from "../../lib/errors.ts";
import type { PgbenchOptions } from "./options.ts";
import { resolveScaleOrNull } from "../../lib/pgbench-scale.ts";

/** Units in which `pg_settings` gives sizes. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  "8kB": 8192,
  "16kB": 16_384,
  "32kB": 32_768,
  MB: 1024 ** 2,
};

/**
 * The scale as a number, a share taken of what the server that is up says of itself.
 *
 * @throws {DynoError} USAGE where it does not say.
 */
export async function requireScale(
  options: PgbenchOptions,
  target: LoadTarget,
  signal: AbortSignal,
): Promise<number> {
  if (typeof options.scale === "number") return options.scale;
  const { server, machine } = await target.facts(signal);
  const buffers = server.settings["shared_buffers"];
  const sizes = {
    memoryBytes: machine?.memoryBytes ?? null,
    sharedBuffersBytes:
      buffers === undefined
        ? null
        : Number(buffers.value) * (UNIT_BYTES[buffers.unit ?? "B"] ?? Number.NaN),
  };
  const scale = resolveScaleOrNull(options.scale, sizes, options.fillfactor);
  if (scale !== null && Number.isFinite(scale)) return scale;
  throw new DynoError("USAGE", {
    message: `The scale is \`${options.scale}\`, and how much that is cannot be told on this target.`,
    hint: "Write the scale as a number: 1 is about 15 MB.",
  });
}
