import { expect, test } from "vitest";
import { parseSessionTitle } from "./taken-slots.ts";

test("whose session a process serves and what it does stands in its title", () => {
  const seen = [
    "postgres: web shop 10.1.2.3(51234) idle",
    "postgres: main: web shop ::1(51234) idle in transaction (aborted)",
    "postgres: web shop [local] UPDATE waiting",
    "postgres: 15/main: web shop [local] startup",
    "postgres: checkpointer ",
    "postgres: autovacuum worker shop",
    "postgres: walsender replicator 10.1.2.3(4) streaming 0/3000060",
    "postgres: parallel worker for PID 4711 ",
    "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main",
  ].map((title) => parseSessionTitle(title));
  expect(seen).toEqual([
    { role: "web", state: "idle" },
    { role: "web", state: "idle in transaction" },
    { role: "web", state: "active" },
    { role: "web", state: "active" },
    null,
    null,
    null,
    null,
    null,
  ]);
});
