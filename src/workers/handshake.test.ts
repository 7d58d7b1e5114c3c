import { expect, test } from "vitest";
import { Secret } from "../lib/secret.ts";
import { isProof, makeNonce, proofOf } from "./handshake.ts";

const token = new Secret("0123456789abcdef");
const meeting = { workerNonce: makeNonce(), coordinatorNonce: makeNonce(), version: "1" };

test("a proof holds for its token, its side and its meeting only", () => {
  const proof = proofOf("worker", token, meeting);
  expect(isProof(proof, "worker", token, meeting)).toBe(true);
  expect(isProof(proof, "coordinator", token, meeting)).toBe(false);
  expect(isProof(proof, "worker", new Secret("another token 00"), meeting)).toBe(false);
  const later = { ...meeting, coordinatorNonce: makeNonce() };
  expect(isProof(proof, "worker", token, later)).toBe(false);
  expect(isProof(proof, "worker", token, { ...meeting, version: "2" })).toBe(false);
});

test("what is no proof at all is none", () => {
  for (const proof of ["", "zz", "00", undefined, 7, null, {}]) {
    expect(isProof(proof, "worker", token, meeting)).toBe(false);
  }
});
