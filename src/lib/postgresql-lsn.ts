/**
 * A position in the WAL as bytes since its beginning, from PostgreSQL's `16/B374D848`.
 *
 * @returns `null` for anything else. Exact up to 8 PiB of WAL.
 * @see https://www.postgresql.org/docs/current/datatype-pg-lsn.html
 */
export function parseLsnBytes(text: string): number | null {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text.trim());
  if (match === null) return null;
  return Number.parseInt(match[1]!, 16) * 2 ** 32 + Number.parseInt(match[2]!, 16);
}

/** The same position as PostgreSQL writes it. */
export function formatLsn(lsnBytes: number): string {
  const high = Math.floor(lsnBytes / 2 ** 32);
  return `${high.toString(16).toUpperCase()}/${(lsnBytes % 2 ** 32).toString(16).toUpperCase()}`;
}

/** Name of the segment that holds this byte: timeline, then two parts of eight hexadecimal digits. */
export function walFileName(timeline: number, lsnBytes: number, segmentBytes: number): string {
  const perLog = 2 ** 32 / segmentBytes;
  const segment = Math.floor(lsnBytes / segmentBytes);
  return [timeline, Math.floor(segment / perLog), segment % perLog]
    .map((part) => part.toString(16).toUpperCase().padStart(8, "0"))
    .join("");
}
