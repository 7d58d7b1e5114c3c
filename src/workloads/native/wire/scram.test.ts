import { expect, test } from "vitest";
import { ScramClient } from "./scram.ts";

// The example of RFC 7677, section 3. PostgreSQL leaves the user name empty, hence its own proof here.
const CHALLENGE =
  "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

test("opens without a name and answers the challenge", async () => {
  const client = new ScramClient("pencil", { nonce: "rOprNGfwEbeRWgbNEkqO" });
  expect(client.first()).toBe("n,,n=,r=rOprNGfwEbeRWgbNEkqO");
  const final = await client.final(CHALLENGE);
  expect(final).toMatch(
    /^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[A-Za-z0-9+/]{43}=$/,
  );
});

test("refuses a server that does not know the password", async () => {
  const client = new ScramClient("pencil", { nonce: "rOprNGfwEbeRWgbNEkqO" });
  await client.final(CHALLENGE);
  expect(() => client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).toThrow(
    "could not prove",
  );
});

test("refuses a challenge that does not continue its own nonce", async () => {
  const client = new ScramClient("pencil", { nonce: "mine" });
  await expect(client.final(CHALLENGE)).rejects.toThrow("malformed");
});
