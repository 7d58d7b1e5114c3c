import type { LocalOptions } from "../options.ts";

/** What is more than a single server, as sentences for `plan`; empty where nothing is. */
export function describeCluster(options: LocalOptions): string {
  const sentences = [describeMembers(options), describeArchive(options)];
  return sentences.map((sentence) => (sentence === "" ? "" : `${sentence} `)).join("");
}

function describeMembers({ instances, synchronous, dataDurability, slots }: LocalOptions): string {
  if (instances === 1) return "";
  const standbys = instances === 2 ? "a standby" : `${instances - 1} standbys`;
  const streams = `A primary and ${standbys} on ports of their own, streaming ${slots ? "with" : "without"} slots.`;
  if (synchronous === undefined) return `${streams} Commits wait for nobody.`;
  const { method, number, commit } = synchronous;
  return `${streams} Commits wait for ${method} ${number} (synchronous_commit ${commit}), durability ${dataDurability}.`;
}

function describeArchive({ archive, walSegmentSize }: LocalOptions): string {
  if (archive === undefined) return "";
  const { pgbackrest, directory, concurrency, bandwidth, latency, compression } = archive;
  const place = typeof directory === "string" ? directory : "a folder of the run's own";
  const pace = [
    ...(bandwidth === undefined ? [] : [`${bandwidth} each`]),
    ...(latency === "0ms" ? [] : [`${latency} latency`]),
    ...(compression === "none" ? [] : [compression]),
  ];
  if (pgbackrest !== undefined) {
    const { processMax, asynchronous, compression: type } = pgbackrest;
    const how = asynchronous ? "asynchronously" : "one file at a time";
    return `WAL is archived, and backups are taken and restored, through pgBackRest to ${[place, ...pace].join(", ")}: ${how}, ${processMax} processes, compression ${type}, in segments of ${walSegmentSize}.`;
  }
  const streams = concurrency === 1 ? "one file at a time" : `${concurrency} files at a time`;
  return `WAL is archived to ${[place, streams, ...pace].join(", ")}, in segments of ${walSegmentSize}.`;
}
