import { readFileSync } from "node:fs";
import { DynoError, messageOf } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";

/** Shorter ones are guessed. */
const TOKEN_LENGTH_MIN = 16;

/**
 * The token that a run and its workers share: from the file, else from the environment.
 *
 * @throws {DynoError} WORKER_TOKEN_MISSING, USAGE
 */
export function readWorkerToken(about: {
  readonly file: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who needs it, and what names the file there. */
  readonly who: string;
  readonly option: string;
}): Secret {
  const { file, environment, who, option } = about;
  const text = (file === null ? environment["PGDYNO_TOKEN"] : readFile(file))?.trim() ?? "";
  if (text === "") throw new DynoError("WORKER_TOKEN_MISSING", { who, file: option });
  if (text.length >= TOKEN_LENGTH_MIN) return new Secret(text);
  throw new DynoError("USAGE", {
    message: `The workers' token has ${text.length} characters, and needs at least ${TOKEN_LENGTH_MIN}.`,
    hint: "Make one with `openssl rand -hex 32`.",
  });
}

/** @throws {DynoError} USAGE */
export function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DynoError("USAGE", {
      message: `${file} cannot be read: ${messageOf(error)}.`,
      hint: "Name a file that is there and that you may read.",
    });
  }
}
