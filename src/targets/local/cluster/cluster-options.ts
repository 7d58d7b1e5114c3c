import { z } from "zod";
import { pgbackrestOptions } from "./pgbackrest/pgbackrest-options.ts";
import { parseBytes, parseBytesPerSecond, parseDurationMs } from "../../../lib/units.ts";

const size = () =>
  z.string().refine((text) => parseBytes(text) !== null, "must be a size such as 1GB");
const duration = () =>
  z
    .string()
    .refine((text) => (parseDurationMs(text) ?? -1) >= 0, "must be a duration such as 100ms");

/** What an experiment may say under `synchronous:`. */
const synchronous = z.strictObject({
  method: z
    .enum(["any", "first"])
    .default("any")
    .describe("`any`: a quorum of the standbys. `first`: those first in order that stream."),
  number: z.int().min(1).max(4).default(1).describe("How many standbys confirm each commit."),
  commit: z
    .enum(["on", "remote_write", "remote_apply", "local", "off"])
    .default("on")
    .describe("`synchronous_commit`: what a commit waits for."),
});

const liveness = z
  .strictObject({
    every: duration().default("500ms").describe("From one probe of the primary to the next."),
    timeout: duration().default("1s").describe("How long a probe may go unanswered."),
    misses: z.int().min(1).max(100).default(3).describe("So many in a row make a failure."),
  })
  .prefault({})
  .describe(
    "When a primary that hangs is given up. One whose process is gone is given up at once.",
  );

const archive = z
  .strictObject({
    directory: z
      .union([z.strictObject({}), z.string().min(1)])
      .default({})
      .describe(
        "`{}`: a folder of the run's own. Or an absent or empty folder, on another volume.",
      ),
    concurrency: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe("1: one file at a time, as PostgreSQL does. More: drained ahead, in parallel."),
    bandwidth: z
      .string()
      .refine((text) => (parseBytesPerSecond(text) ?? 0) > 0, "must be a bandwidth such as 20MB/s")
      .optional()
      .describe("Of each stream, to stand for an object store's connection; without it no limit."),
    latency: duration().default("0ms").describe("Added to each file, to stand for a round trip."),
    compression: z.enum(["none", "gzip"]).default("none").describe("How files are kept."),
    pgbackrest: pgbackrestOptions
      .optional()
      .describe(
        "Archives, backs up and restores through pgBackRest, which must be installed; `directory` takes its repository.",
      ),
    failing: z.boolean().default(false).describe("Every attempt fails, from the beginning."),
  })
  .superRefine(({ pgbackrest, concurrency, compression }, context) => {
    if (pgbackrest === undefined) return;
    const say = (field: string, instead: string) => {
      const message = `must not stand beside \`pgbackrest\`: use its \`${instead}\``;
      context.addIssue({ code: "custom", path: [field], message });
    };
    if (concurrency !== 1) say("concurrency", "processMax");
    if (compression !== "none") say("compression", "compression");
  });

/** What the target's options have for several instances and for the archive. */
export const clusterOptions = {
  synchronous: synchronous
    .optional()
    .describe("Commits wait for standbys; without it, streaming is asynchronous."),
  dataDurability: z
    .enum(["required", "preferred"])
    .default("required")
    .describe(
      "`required`: without enough standbys writes stop, and none is promoted that could lack one. `preferred`: they go on.",
    ),
  slots: z.boolean().default(true).describe("Replication slots keep WAL back for each standby."),
  maxSlotWalKeepSize: size().optional().describe("`max_slot_wal_keep_size`; unlimited without it."),
  walKeepSize: size()
    .optional()
    .describe("`wal_keep_size`: WAL kept back for standbys, slot or not."),
  walDirectory: z
    .string()
    .min(1)
    .optional()
    .describe("A folder on another volume for the WAL; a folder of the run's own is made in it."),
  walSegmentSize: z.enum(["16MB", "64MB"]).default("16MB").describe("Size of WAL files."),
  liveness,
  archive: archive.optional().describe("Where WAL is archived; without it, nowhere."),
};

/** The archive's options with every default filled in. */
export type ArchiveOptions = z.output<typeof archive>;
