/**
 * Both sides show that they know the token, and neither sends it: each answers the other's random
 * number with a keyed hash of it. What travels afterwards is only encrypted where TLS is on.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "../lib/secret.ts";

/** What both sides know once they have met. */
export interface Meeting {
  readonly workerNonce: string;
  readonly coordinatorNonce: string;
  readonly version: string;
}

export function makeNonce(): string {
  return randomBytes(32).toString("hex");
}

/** What shows that this side knows the token. */
export function proofOf(side: "worker" | "coordinator", token: Secret, meeting: Meeting): string {
  const { workerNonce, coordinatorNonce, version } = meeting;
  return createHmac("sha256", token.reveal())
    .update(["pgdyno", side, workerNonce, coordinatorNonce, version].join("\n"))
    .digest("hex");
}

/** Whether the other side knows the token; takes as long whatever it sent. */
export function isProof(
  proof: unknown,
  side: "worker" | "coordinator",
  token: Secret,
  meeting: Meeting,
): boolean {
  const wanted = Buffer.from(proofOf(side, token, meeting), "hex");
  const given = Buffer.from(typeof proof === "string" ? proof : "", "hex");
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
