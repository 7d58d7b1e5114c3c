import { spawn } from "node:child_process";
import { processIdentityOrNull, type ProcessIdentity } from "../lib/process-identity.ts";
import { Secret } from "../lib/secret.ts";

/**
 * A second process that does nothing but wait for the end of this one. Should this one be killed
 * with a run up, the other takes the run down from its journal at once; nobody has to remember
 * `pgdyno gc`.
 */
export interface Reaper {
  /** Its process; `null` where it did not start. */
  readonly process: ProcessIdentity | null;
  /** Keeps a password for the undoing of that entry, in memory only. */
  keep(number: number, secret: Secret): void;
  /** Everything is down, or shall stay as it is: the other process ends without doing anything. */
  dismiss(): void;
}

/** The word on its standard input that sends the reaper home. */
const DISMISSED = "dismissed";
/** Before it stands the number of an entry, behind it its secret in Base64. */
const KEEP = "keep";

/** What a reaper was told until its run ended. */
export function readReaperInput(said: string): {
  readonly isDismissed: boolean;
  readonly secrets: ReadonlyMap<number, Secret>;
} {
  const lines = said.split("\n").map((line) => line.split(" "));
  const secrets = lines.flatMap(([word, number, secret]) =>
    word === KEEP && secret !== undefined
      ? [[Number(number), new Secret(Buffer.from(secret, "base64").toString("utf8"))] as const]
      : [],
  );
  return { isDismissed: lines.some(([word]) => word === DISMISSED), secrets: new Map(secrets) };
}

/** @param command how this program is started: its path and arguments up to the subcommand. */
export function startReaper(journalPath: string, command: readonly string[]): Reaper {
  const [file, ...args] = command as [string, ...string[]];
  const child = spawn(file, [...args, "gc", "--after", journalPath], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined); // Without it, `gc` still does the same by hand.
  child.stdin.on("error", () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return {
    process: child.pid === undefined ? null : processIdentityOrNull(child.pid),
    keep: (number, secret) => {
      const text = Buffer.from(secret.reveal(), "utf8").toString("base64");
      child.stdin.write(`${KEEP} ${number} ${text}\n`);
    },
    dismiss: () => {
      child.stdin.end(`${DISMISSED}\n`);
    },
  };
}
