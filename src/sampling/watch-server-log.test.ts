import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stands } from "../../test/contract/hosts/stand.ts";
import type { Instance } from "../contracts/instance.ts";
import { systemClock } from "../engine/system-clock.ts";
import { unseenHost } from "../hosts/unseen-host.ts";
import type { RunEvent } from "../record/events.ts";
import { watchServerLog } from "./watch-server-log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync("/tmp/pgdyno-log-");
});
afterEach(() => rmSync(folder, { recursive: true }));

const checkpoint = (phase: string) => `2026-01-01 UTC [7] LOG:  checkpoint ${phase}: wal\n`;

test.each(stands())(
  "follows a log on $title, through rotation and to another file",
  async ({ host }) => {
    const [log, other] = [join(folder, "a.log"), join(folder, "b.log")];
    writeFileSync(log, checkpoint("starting"));
    writeFileSync(other, checkpoint("starting"));
    const instance = { name: "pg1", host, logFile: log };
    const seen: RunEvent[] = [];
    const stop = watchServerLog(instance as unknown as Instance, systemClock(), (event) =>
      seen.push(event),
    );
    const told = () =>
      seen.map((event) => (event.kind === "checkpoint" ? event.phase : event.kind));
    const until = (wanted: readonly string[]) =>
      expect.poll(told, { timeout: 20_000, interval: 20 }).toEqual(wanted);
    /** Lines that came before the reader found the file's end are not told: until one is. */
    const untilFollowed = async (file: string) => {
      const isTold = (text: string) => JSON.stringify(seen).includes(`${text}"`);
      for (let n = 0; seen.length === 0 || !isTold(`line ${n - 1}`); n += 1) {
        appendFileSync(file, `[1] PANIC:  line ${n}\n`);
        for (let looks = 0; looks < 20 && !isTold(`line ${n}`); looks += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      expect(told()).not.toContain("started");
      seen.length = 0;
    };
    await untilFollowed(log);
    // A line that is not whole yet comes with its end.
    appendFileSync(log, `ü ${checkpoint("complete").slice(0, 30)}`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    appendFileSync(log, checkpoint("complete").slice(30));
    await until(["completed"]);
    writeFileSync(log, `[1] PANIC:  no room\n`);
    await until(["completed", "error"]);
    seen.length = 0;
    instance.logFile = other;
    await untilFollowed(other);
    appendFileSync(other, checkpoint("starting"));
    await stop(); // The last look is after the end.
    expect(told()).toEqual(["started"]);
  },
);

test("follows nothing on a host that is not seen", async () => {
  const instance = { name: "pg1", host: unseenHost("pg1"), logFile: join(folder, "a.log") };
  writeFileSync(instance.logFile, checkpoint("starting"));
  const seen: RunEvent[] = [];
  await watchServerLog(instance as unknown as Instance, systemClock(), (event) =>
    seen.push(event),
  )();
  expect(seen).toEqual([]);
});
