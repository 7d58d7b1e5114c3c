import { undoingBy } from "../../../contracts/undoer.ts";
import { removeFileUndoer } from "../../../undoers/remove-file.ts";
import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { WalRoom, WalVolume } from "../../../contracts/capabilities.ts";
import { DynoError } from "../../../lib/errors.ts";
import { freeBytes, removeBallast, whyNotSmall, writeBallast } from "./ballast.ts";
import { memberOf, type LocalMember, type LocalMembers } from "./local-members.ts";

const SEGMENT_NAME = /^[0-9A-F]{24}$/;

/** How much room the members' WAL has, as their files show it. */
export function walRoom({ members }: LocalMembers, segmentBytes: number): WalRoom {
  return {
    async roomBytes(on, flushedLsnBytes) {
      const member = members.find(({ name }) => name === on);
      if (member === undefined) return null;
      const walDirectory = walDirectoryOf(member);
      // Being copied anew just now, it has no folder.
      const free = await freeBytes(walDirectory).catch(() => null);
      if (free === null || flushedLsnBytes === null) return free;
      return free + segmentBytes * (await countAhead(walDirectory, flushedLsnBytes, segmentBytes));
    },
  };
}

/** The volumes that hold the members' WAL, where they hold nothing else. */
export function walVolume(members: LocalMembers): WalVolume {
  return {
    async whyNot() {
      for (const member of members.members) {
        const unfit = await whyNotSmall(walDirectoryOf(member), member.dataDirectory);
        if (unfit !== null) return unfit;
      }
      return null;
    },
    async fill(on, leaveBytes, { fault, secure, signal }) {
      const member = memberOf(members, fault, on);
      const walDirectory = walDirectoryOf(member);
      const because = await whyNotSmall(walDirectory, member.dataDirectory);
      if (because !== null) {
        throw new DynoError("FAULT_FAILED", { fault, on, because: because.replace(/\.$/, "") });
      }
      const folder = path.dirname(walDirectory);
      const file = path.join(folder, `pgdyno-ballast-${randomBytes(4).toString("hex")}`);
      await secure({
        ...undoingBy(removeFileUndoer, { path: file }),
        undo: () => removeBallast(file),
      });
      const bytes = await writeBallast(file, leaveBytes, signal);
      const leftBytes = await freeBytes(folder);
      return `filled the volume of ${on}'s WAL with ${bytes} bytes; ${leftBytes} are left`;
    },
  };
}

/**
 * Segments after the one that is written: recycled, ready for coming WAL. The last 16 digits of a name
 * are the segment's place, whatever its timeline.
 *
 * @see https://www.postgresql.org/docs/current/wal-internals.html
 */
async function countAhead(
  walDirectory: string,
  lsnBytes: number,
  segmentBytes: number,
): Promise<number> {
  const segment = Math.floor(lsnBytes / segmentBytes);
  const perFile = 2 ** 32 / segmentBytes;
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const current = `${hex(Math.floor(segment / perFile))}${hex(segment % perFile)}`;
  const names = await readdir(walDirectory).catch(() => []);
  return names.filter((name) => SEGMENT_NAME.test(name) && name.slice(8) > current).length;
}

/** `pg_wal`, resolved: elsewhere than in the data directory where the experiment says so. */
function walDirectoryOf({ dataDirectory }: LocalMember): string {
  const folder = path.join(dataDirectory, "pg_wal");
  try {
    return realpathSync(folder);
  } catch {
    return folder; // Being copied anew just now.
  }
}
