import { expect, test } from "vitest";
import { withPostgres } from "../../support/postgres.ts";
import { prepareDatabase, query, runLoadOn, type ScriptLoad } from "./load-on-existing.ts";

const UNDEFINED = `\\set aid random(1, 100)
select 1;
select *
  from no_such_table
 where id = :aid;
`;

const WAYS = (["native", "pgbench"] as const).flatMap((workload) =>
  (["simple", "extended", "prepared"] as const).map((protocol) => ({ workload, protocol })),
);

test.each([15, 18])(
  "on PostgreSQL %i a script that cannot work ends the run before any load, by both workloads and in each protocol",
  async (version) => {
    await withPostgres(
      async (server) => {
        for (const way of WAYS) {
          const { status, stderr, report, events } = await runLoadOn(server, {
            ...way,
            scripts: { "undefined.sql": UNDEFINED },
          });
          expect(stderr).toContain('undefined.sql:4: relation "no_such_table" does not exist');
          expect(stderr).toContain("SCRIPT_FAILS");
          expect(status).toBe(5);
          expect(events.some(({ kind }) => kind === "trial-started")).toBe(false);
          expect(report.loadErrors).toMatchObject([
            { script: "undefined.sql", line: 4, seenIn: "dry pass" },
          ]);
          expect(report.verdict).toBe("unknown");
          expect(report.next[0]).toContain("undefined.sql:4");
        }
      },
      { version },
    );
  },
);

test.each([
  ["a right that is missing", "select * from pg_authid;", /permission denied .* pg_authid/],
  ["a slip of the pen", "selct 1;", /syntax error at or near "selct"/],
  [
    "a function that is not there, with the server's hint",
    "select no_such_function(1);",
    /function no_such_function\(integer\) does not exist[\s\S]*Hint of the server: No function/,
  ],
  ["VACUUM in a transaction of its own", "begin;\nvacuum;\ncommit;", /transaction block/],
] as const)("ends at once on %s", async (_what, script, words) => {
  await withPostgres(
    async (server) => {
      for (const workload of ["native", "pgbench"] as const) {
        const { status, stderr } = await runLoadOn(server, {
          workload,
          scripts: { "wrong.sql": script },
        });
        expect(stderr).toMatch(words);
        expect(status).toBe(5);
      }
    },
    { version: 15 },
  );
});

const WRITES = {
  "plain.sql": "insert into written values ('plain');\nselect 1;\n",
  "own-block.sql": "begin;\ninsert into written values ('own');\nend;\n",
  "vacuum.sql": "vacuum written;\n",
  "two-blocks.sql":
    "begin;\ninsert into written values ('two');\ncommit;\nbegin;\nselect 1;\ncommit;\n",
} as const;

/** The third script stops the run, so that what the dry pass left can be looked at. */
test("a dry pass is rolled back where it can be, and says where it cannot", async () => {
  await withPostgres(
    async (server) => {
      for (const workload of ["native", "pgbench"] as const) {
        await prepareDatabase(
          server,
          "drop table if exists written",
          "create table written (text text)",
        );
        const { status, stderr } = await runLoadOn(server, {
          workload,
          scripts: { ...WRITES, "wrong.sql": "select from where;" },
        });
        expect(status).toBe(5);
        expect(stderr).toMatch(/two-blocks\.sql was run once before the load and not rolled back/);
        expect(stderr).toMatch(/vacuum\.sql was run once before the load and not rolled back/);
        expect(stderr).not.toMatch(/(?:plain|own-block)\.sql was run once/);
        expect(await query(server, ["select text from written"])).toEqual([{ text: "two" }]);
      }
    },
    { version: 15 },
  );
});

test("a load in which nothing succeeds any more ends the run with the server's words, by both workloads", async () => {
  for (const workload of ["native", "pgbench"] as const) {
    await withPostgres(
      async (server) => {
        // The first transaction succeeds, all others break a constraint; the dry pass was rolled back.
        await prepareDatabase(server, "create table once (id int primary key)");
        const { status, stderr, report } = await runLoadOn(server, {
          workload,
          clients: [2, 4],
          warmup: "2s",
          scripts: { "once.sql": "select 1;\ninsert into once values (1);\n" },
        });
        expect(status).toBe(5);
        expect(stderr).toContain("LOAD_FAILING");
        expect(stderr).toMatch(/^Error: once\.sql:2: duplicate key value violates/m);
        expect(report.loadErrors[0]).toMatchObject({
          script: "once.sql",
          line: 2,
          seenIn: "load",
          sqlState: workload === "native" ? "23505" : null,
        });
        // The second rung was not begun.
        expect(report.trials.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
        expect(report.trials[0]!.validity.is).toBe("invalid");
        const failing = report.findings.find(({ id }) => id === "load-failing");
        expect(failing).toMatchObject({ verdict: "fail", rank: 1 });
        expect(failing!.because).toContain("once.sql:2: duplicate key");
        expect(JSON.stringify(report)).not.toContain("No cause was found");
      },
      { version: 15 },
    );
  }
});

/** At 50 transactions per second the hundredth comes two seconds after the load began, on any machine. */
const LATER = "select 1 / (nextval('calls') < 100)::int;\n";

test("errors that begin in the middle are told with their beginning, and the trial is not believed", async () => {
  await withPostgres(
    async (server) => {
      await prepareDatabase(server, "create sequence calls");
      const load: ScriptLoad = {
        workload: "native",
        scripts: { "later.sql": LATER },
        clients: [4],
        rate: "50tps",
        warmup: "500ms",
        duration: "5s",
      };
      const { status, stderr, report, events } = await runLoadOn(server, load);
      expect(status).toBe(0);
      expect(stderr).toMatch(/^Error: later\.sql:1: division by zero \(SQLSTATE 22012\)$/m);
      const window = report.trials[0]!.window!;
      const [error] = report.loadErrors;
      expect(error).toMatchObject({
        sqlState: "22012",
        line: 1,
        trials: [report.trials[0]!.planned.id],
      });
      expect(error!.firstMs).toBeGreaterThan(window.startMs + 500);
      expect(error!.lastMs).toBeGreaterThan(error!.firstMs + 1000);
      const seen = events.find(({ kind }) => kind === "load-error");
      expect(Math.abs(seen!.atMs - error!.firstMs)).toBeLessThan(1000);
      const [trial] = report.trials;
      expect(trial!.failed).toBeGreaterThan(50);
      expect(trial!.validity.reasons).toContainEqual(
        expect.objectContaining({
          grade: "invalid",
          gate: "errors",
          because: expect.stringContaining("later.sql:1: division by zero"),
        }),
      );
    },
    { version: 18 },
  );
});
