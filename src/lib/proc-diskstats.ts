/** A line of `/proc/diskstats`: requests since boot. Sectors are always 512 bytes. */
export interface DiskStat {
  readonly major: number;
  readonly minor: number;
  readonly device: string;
  readonly reads: number;
  readonly readsMerged: number;
  readonly readBytes: number;
  readonly readMs: number;
  readonly writes: number;
  readonly writesMerged: number;
  readonly writtenBytes: number;
  readonly writeMs: number;
  readonly inFlight: number;
  readonly ioMs: number;
  readonly queuedMs: number;
  /** `null` before Linux 4.18. */
  readonly discards: number | null;
  /** `null` before Linux 5.5. */
  readonly flushes: number | null;
  readonly flushMs: number | null;
}

const SECTOR_BYTES = 512;

/** @see https://docs.kernel.org/admin-guide/iostats.html */
export function parseDiskstats(text: string): readonly DiskStat[] {
  return text.split("\n").flatMap((line) => {
    const [major, minor, device, ...counts] = line.trim().split(/\s+/);
    if (device === undefined || counts.length < 11) return [];
    const count = (index: number) => Number(counts[index]);
    const countOrNull = (index: number) => (index < counts.length ? count(index) : null);
    return {
      major: Number(major),
      minor: Number(minor),
      device,
      reads: count(0),
      readsMerged: count(1),
      readBytes: count(2) * SECTOR_BYTES,
      readMs: count(3),
      writes: count(4),
      writesMerged: count(5),
      writtenBytes: count(6) * SECTOR_BYTES,
      writeMs: count(7),
      inFlight: count(8),
      ioMs: count(9),
      queuedMs: count(10),
      discards: countOrNull(11),
      flushes: countOrNull(15),
      flushMs: countOrNull(16),
    };
  });
}
