import { expect, test } from "vitest";
import { reportModelOf } from "../../test/support/report-model.ts";
import { renderJunit } from "./render-junit.ts";
import { composed } from "../../test/support/composed.ts";

test("tells objectives and findings as test cases, what is undecided as skipped", () => {
  expect(renderJunit(composed(reportModelOf()))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="quickstart" tests="6" failures="0" errors="0" skipped="3" time="400.000">
      <testsuite name="objectives" tests="2" failures="0" errors="0" skipped="0" timestamp="2031-05-04T10:00:00.000Z">
        <testcase classname="pgdyno.objectives" name="p99 50 ms"/>
        <testcase classname="pgdyno.objectives" name="throughput 1,200 tps"/>
      </testsuite>
      <testsuite name="findings" tests="4" failures="0" errors="0" skipped="3" timestamp="2031-05-04T10:00:00.000Z">
        <testcase classname="pgdyno.findings" name="commit-latency">
          <skipped message="Found, what holds back most: 58 % of active time was spent waiting for the WAL to be flushed, 2.1 ms each."/>
          <system-out>share of active sessions in IO:WalSync: 58 % (mean over 8 s; pg-activity/IO:WalSync)
    time of one WAL flush: 2.1 ms (mean over 8 s; pg-io/fsyncs)
    synchronous_commit: on (pg_settings)
    What to do: Put \`pg_wal\` on a device with a lower flush latency; \`pgdyno run storage\` measures it. Where many sessions commit at once, try \`commit_delay = 1000\`.</system-out>
        </testcase>
        <testcase classname="pgdyno.findings" name="checkpoints-forced-by-wal">
          <skipped message="Found, number 2 of what was found: 3 of 3 checkpoints were forced."/>
          <system-out>forced checkpoints: 3 (total in 8 s; pg-checkpoints/requested)
    max_wal_size: 1 GB (pg_settings)
    What to do: Raise \`max_wal_size\` to 8GB, so that a checkpoint comes every five minutes at most.</system-out>
        </testcase>
        <testcase classname="pgdyno.findings" name="cpu-saturated"/>
        <testcase classname="pgdyno.findings" name="cpu-throttled">
          <skipped message="This machine shows no cgroup of the server."/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

test("escapes what XML cannot hold", () => {
  const xml = renderJunit(
    composed(
      reportModelOf({
        objectives: [
          {
            objective: `<a & "b">`,
            wanted: "x\u0000y",
            found: null,
            verdict: "unknown",
            because: "1 < 2 & 3 > 2",
          },
        ],
        findings: [],
      }),
    ),
  );
  expect(xml).toContain('name="&lt;a &amp; &quot;b&quot;&gt; x\ufffdy"');
  expect(xml).toContain('<skipped message="1 &lt; 2 &amp; 3 &gt; 2"/>');
});

test("has a failure for the finding that made the run fail, and for no other", () => {
  const xml = renderJunit(
    composed(reportModelOf({ verdict: "fail", verdictFinding: "commit-latency" })),
  );
  expect(xml).toContain('failures="1"');
  expect(xml).toContain('<failure message="58 % of active time');
  expect(xml).toContain('<skipped message="Found, number 2 of what was found: 3 of 3');
});

test("a run whose load could not work is an error, with what the load met", () => {
  const model = reportModelOf();
  const xml = renderJunit(
    composed({
      ...model,
      run: { ...model.run, status: "failed", statusBecause: "No transaction succeeded." },
      loadErrors: [
        {
          sqlState: "42P01",
          message: 'relation "t" does not exist',
          hint: null,
          script: "s.sql",
          line: 3,
          statement: "select * from t;",
          seenIn: "load",
          count: 12,
          trials: ["a"],
          firstMs: 0,
          lastMs: 10,
        },
      ],
    }),
  );
  expect(xml).toMatch(/^<testsuites [^>]*errors="1"/m);
  expect(xml).toContain(
    '<error message="No transaction succeeded.">12 × s.sql:3: relation &quot;t&quot; does not exist (SQLSTATE 42P01), in 1 trial.</error>',
  );
});
