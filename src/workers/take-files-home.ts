/** Files of the ledger and untouched output that a worker wrote, put into the record of the run. */
import { appendFileSync, writeFileSync } from "node:fs";
import type { LoadContext } from "../contracts/workload.ts";

/** Whose file it is. */
export interface FileOwner {
  readonly name: string;
  /** Number of its part, from 1. */
  readonly number: number;
}

/** Takes the files of the workers of one load. */
export interface HomeFiles {
  /** A file of the ledger was begun: empty until it comes, so that one that misses is seen. */
  begin(owner: FileOwner, name: string): void;
  takePiece(owner: FileOwner, of: "ledger" | "raw", name: string, bytes: Buffer): void;
  /** The text with the places of untouched output as they are here. */
  withPlaces(owner: FileOwner, text: string): string;
}

/** Stands for a path of untouched output in what a worker tells. */
export const RAW_PLACE = "raw:";
const PLACES = new RegExp(`${RAW_PLACE}([\\w-]+(?:\\.[\\w-]+)*)`, "g");

export function takeFilesHome({
  ledgerFile,
  rawFile,
}: Pick<LoadContext<unknown>, "ledgerFile" | "rawFile">): HomeFiles {
  const begun = new Set<string>();
  const placeOf = ({ name: worker, number }: FileOwner, of: "ledger" | "raw", name: string) => {
    const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
    return of === "ledger" ? ledgerFile(`${number}-${safe}`) : rawFile(`${worker}.${safe}`);
  };
  return {
    begin: (owner, name) => writeFileSync(placeOf(owner, "ledger", name), ""),
    takePiece(owner, of, name, bytes) {
      const file = placeOf(owner, of, name);
      if (begun.has(file)) return appendFileSync(file, bytes);
      begun.add(file);
      writeFileSync(file, bytes);
    },
    withPlaces: (owner, text) =>
      text.replaceAll(PLACES, (_, name: string) => placeOf(owner, "raw", name)),
  };
}
