import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { scramVerifier } from "./postgresql-scram.ts";
import { Secret } from "./secret.ts";

test("gives the server key of RFC 7677's example", () => {
  const salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
  const verifier = scramVerifier(new Secret("pencil"), Buffer.from(salt, "base64"));
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$/);
  const serverKey = Buffer.from(verifier.split(":").at(-1)!, "base64");
  const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const conversation = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
  expect(createHmac("sha256", serverKey).update(conversation).digest("base64")).toBe(
    "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  );
});
