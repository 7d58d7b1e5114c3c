import { expect, test } from "vitest";
import { failoverReportOf } from "../../../test/support/failover-report.ts";
import { renderSvg } from "../../report/figures/render-svg.ts";
import { DARK, LIGHT } from "../../report/figures/theme.ts";
import { renderJunit } from "../../report/render-junit.ts";
import { renderMarkdown } from "../../report/render-markdown.ts";
import { renderText } from "../../report/render-text.ts";
import { buildLanes } from "../../report/timeline/build-lanes.ts";
import { composed } from "../../../test/support/composed.ts";

const model = failoverReportOf();

test("a terminal gets the gap, the loss with its proof, and where the time went", () => {
  expect(renderText(composed(model), { color: false, width: 100 })).toMatchInlineSnapshot(`
    "FAIL  run · PostgreSQL 18.4 · 32 s

    believe    Yes. All 3 measurements are valid, without reservation.
    answer     1 of 2 goals was missed.
    kill-primary under ledger, 100 tps offered, 1 client
    back       after 1 s in the median of 3 trials (1 s to 1.6 s); the slowest client 1.6 s. Resolution:
               10 ms.
    lost       4 of 2,640 acknowledged writes lost, in 1 of 3 trials, at most 4 in one. The oldest was
               acknowledged 35 ms before the fault.
    WAL        the old primaries' WAL holds 1.25 kB and 5 COMMITs beyond the fork; ledger and WAL agree
               in 1 of 1 trial.
    phases     detection 55 ms, fencing 200 ms, promotion 40 ms, end of recovery 400 ms, reconnect 285
               ms.
    full       90 % of the rate before after 1 s in the median of 3 trials (1 s to 1.6 s), seen to last
               4.4 s at least.
    rpo        0 transactions lost at most: fail, found 4 lost at most (kill-primary under ledger)
    rto        back within 2 s: pass, found 1.6 s at most (kill-primary under ledger)
    held back  The longest part of the time without writes: end of recovery, 400 ms (40 %). It depends
               on WAL that was received and not yet replayed (\`recovery_min_apply_delay\`, one process
               that replays), then \`pg_promote\`.
    next       1. kill-primary under ledger: acknowledged writes were lost. Let commits wait for
               standbys: \`synchronous: { method: any, number: 1 }\`, then run it again.
    "
  `);
});

test("Markdown has the ledger's answer trial by trial, and the phases with what they depend on", () => {
  const { markdown } = renderMarkdown(composed(model));
  const from = markdown.indexOf("## Failover");
  const text = markdown.slice(from, markdown.indexOf("\n\n## ", from));
  expect(text).toMatchInlineSnapshot(`
    "## Failover: kill-primary under ledger, 100 tps offered, 1 client

    - **writes back**: after 1 s in the median of 3 trials (1 s to 1.6 s); the slowest client 1.6 s. Resolution: 10 ms.
    - **lost**: 4 of 2,640 acknowledged writes lost, in 1 of 3 trials, at most 4 in one. The oldest was acknowledged 35 ms before the fault.
    - **cross-check**: the old primaries' WAL holds 1.25 kB and 5 COMMITs beyond the fork; ledger and WAL agree in 1 of 1 trial.
    - **phases**: detection 55 ms, fencing 200 ms, promotion 40 ms, end of recovery 400 ms, reconnect 285 ms.
    - **full rate**: 90 % of the rate before after 1 s in the median of 3 trials (1 s to 1.6 s), seen to last 4.4 s at least.
    - **redundancy**: whole again after 5 s in the median of 3 trials (5 s to 5 s).

    **Where the time went: kill-primary, trial 3, the one in the middle**

    ![1 s from the last write to full throughput; the longest part is end of recovery with 400 ms.](figures/waterfall-1.svg)

    **Who took writes: kill-primary, trial 2, the longest**

    ![Roles around the fault: pg1 primary from −1 s, down from +40 ms, standby from +4 s; pg2 standby from −1 s, primary from +700 ms. Writes were away for 1.6 s.](figures/topology-1.svg)

    | trial | primary | writes away | slowest client | acknowledged | lost | lost, warned | no answer (there after all) | two primaries | WAL after the fork | COMMITs there | redundancy back |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 1 | pg1 → pg2 | 1 s | 1 s | 900 | 0 | 0 | 1 (0) | no | – | – | 5 s |
    | 2 | pg1 → pg2 | 1.6 s | 1.6 s | 840 | 4 | 0 | 1 (0) | no | 1.25 kB | 5 (agrees) | 5 s |
    | 3 | pg1 → pg2 | 1 s | 1 s | 900 | 0 | 0 | 1 (0) | no | – | – | 5 s |

    | phase | median | longest | trials | controlled by |
    | --- | --- | --- | --- | --- |
    | detection | 55 ms | 55 ms | 3 | \`liveness\` of the target (\`every\`, \`timeout\`, \`misses\`) for a primary that hangs; one whose process is gone is seen at once |
    | decision | 10 ms | 10 ms | 3 | a delay before failing over, and how many standbys must be asked |
    | fencing | 200 ms | 200 ms | 3 | how long the old primary may take to end: a dead one is only made sure of, a frozen one must be killed, one that is stopped in order writes a checkpoint first |
    | promotion | 40 ms | 40 ms | 3 | choosing the most advanced standby, and waiting until what it received is written |
    | end of recovery | 400 ms | 400 ms | 3 | WAL that was received and not yet replayed (\`recovery_min_apply_delay\`, one process that replays), then \`pg_promote\` |
    | endpoint | 10 ms | 10 ms | 3 | how soon whoever asks for the primary is told of the new one: the address, a proxy, DNS |
    | reconnect | 285 ms | 885 ms | 3 | the clients' own time: connect timeout, pause between attempts, order of hosts, TLS and authentication |
    | first commit | 5 ms | 5 ms | 3 | \`synchronous_standby_names\`: a commit waits until enough standbys stream from the new primary |
    | back to 90 % | 0 ms | 0 ms | 3 | reads that miss cold caches, and the work that had piled up |"
  `);
});

test("JUnit fails for the objective that a loss missed", () => {
  expect(renderJunit(composed(model))).toMatch(
    /name="rpo 0 transactions lost at most">\s*<failure/,
  );
  expect(renderJunit(composed(model))).toMatch(/name="rto back within 2 s"\/>/);
});

test("waterfall and topology are drawn in both themes, narrow and wide, without a number gone wrong", () => {
  const figures = composed(model).figures.filter(({ group }) => group === "stage");
  expect(figures.map(({ id }) => id)).toEqual(["waterfall-1", "topology-1"]);
  for (const figure of figures) {
    expect(renderSvg(figure, LIGHT, 320)).not.toMatch(/NaN|undefined/);
    expect(renderSvg(figure, DARK, 900)).not.toMatch(/NaN|undefined/);
    expect(figure.alt).not.toBe("");
  }
  expect(renderSvg(figures[0]!, LIGHT)).toContain("end of recovery");
  // The longest of the three is the one that lost.
  expect(renderSvg(figures[1]!, LIGHT)).toMatch(/none: 1\.6/);
});

test("a member's lane follows its roles, and is unknown before the first was told", () => {
  const role = (atMs: number, on: string, role: "primary" | "standby" | "down") =>
    ({ kind: "cluster", atMs, event: "role", on, text: "", role }) as const;
  const [pg1, pg2] = buildLanes([
    role(10, "pg2", "standby"),
    role(0, "pg1", "primary"),
    role(50, "pg1", "down"),
    role(80, "pg2", "primary"),
    { kind: "run-ended", atMs: 100, status: "finished" },
  ]);
  expect(pg1!.spans).toEqual([
    { role: "primary", startMs: 0, endMs: 50 },
    { role: "down", startMs: 50, endMs: 100 },
  ]);
  expect(pg2!.spans.map(({ role }) => role)).toEqual(["unknown", "standby", "primary"]);
});
