import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import type { Io } from "./io.ts";
import { runCli } from "./run-cli.ts";

const folder = mkdtempSync(path.join(tmpdir(), "pgdyno-cli-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function cli(...argv: string[]) {
  const seen = { out: "", err: "" };
  const io: Io = {
    out: (text) => void (seen.out += `${text}\n`),
    err: (text) => void (seen.err += `${text}\n`),
    status: () => {},
    isInteractive: false,
    hasColor: false,
    width: 100,
    environment: {},
  };
  const status = await runCli(argv, io);
  return { status, ...seen };
}

test("help names every command once, and what each exit status means", async () => {
  const { status, out, err } = await cli("--help");
  expect({ status, err }).toEqual({ status: 0, err: "" });
  for (const { name, summary } of COMMANDS) {
    expect(out.split("\n").filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
    expect(summary).not.toMatch(/\.$/);
  }
  expect(out).toMatch(/^ {2}130 {2}Interrupted/m);
  expect((await cli()).out).toContain("Usage: pgdyno");
});

test("help of a command shows its arguments, options, choices and examples", async () => {
  expect((await cli("plan", "--help")).out).toMatchInlineSnapshot(`
    "Usage: pgdyno plan [options] <experiment>

    Print what an experiment would do, and touch nothing.

    Trials in their order, data to load, time, disk and memory, with every default filled in.

    Arguments:
      experiment           an experiment file, or the name of a built-in one

    Options:
      --seed <TEXT>        in place of the experiment's own seed
      --p99 <TIME>         your goal: 99 of 100 transactions end within this time, such as 50ms
      --throughput <RATE>  your goal: this many transactions per second, as 2000tps
      --format <FORMAT>    text for people, json for programs (default: "text")
      -h, --help           print this help

    Examples:
      $ pgdyno plan quickstart
          The plan of a built-in experiment.
      $ pgdyno plan my.yaml --format json
          Every trial, for a program.
    "
  `);
});

test("a command line that is not right says what was probably meant, and the way out", async () => {
  const lines = [
    ["pln"],
    ["rep"],
    ["manifests"],
    ["plan"],
    ["plan", "quickstart", "--fromat", "json"],
    ["plan", "quickstart", "--format", "jsn"],
    ["plan", "quickstart", "--seed"],
    ["plan", "quikstart"],
    ["plan", "a", "b"],
    ["explain", "SPEC_INVALD"],
    ["completion", "bsh"],
    ["help", "obsrve"],
    ["run", "quickstart", "--dsn", "x"],
    ["--seed", "1", "plan", "quickstart"],
    ["gc", "x"],
    ["run", "--strict=yes", "quickstart"],
  ];
  const told: string[] = [];
  for (const argv of lines) {
    const { status, out, err } = await cli(...argv);
    expect({ argv, status, out }).toEqual({ argv, status: 2, out: "" });
    told.push(`$ pgdyno ${argv.join(" ")}\n${err}`);
  }
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "$ pgdyno pln
    Unknown command \`pln\`. Did you mean \`plan\`?
    Run \`pgdyno --help\` to see what there is. (USAGE)

    $ pgdyno rep
    Unknown command \`rep\`. Did you mean \`report\`?
    Run \`pgdyno --help\` to see what there is. (USAGE)

    $ pgdyno manifests
    Unknown command \`manifests\`.
    There are run, observe, plan, resume, worker, report, analyze, compare, test-hypothesis, history, gc, mark, init, examples, doctor, explain, schema, completion; \`pgdyno --help\` says what each does. (USAGE)

    $ pgdyno plan
    Missing required argument \`experiment\`.
    Run \`pgdyno plan --help\` to see what there is. (USAGE)

    $ pgdyno plan quickstart --fromat json
    Unknown option \`--fromat\`. Did you mean \`--format\`?
    Run \`pgdyno plan --help\` to see what there is. (USAGE)

    $ pgdyno plan quickstart --format jsn
    Unknown value \`jsn\` of \`--format\`. Did you mean \`json\`?
    Run \`pgdyno plan --help\` to see what there is. (USAGE)

    $ pgdyno plan quickstart --seed
    Option \`--seed <TEXT>\` argument missing.
    Run \`pgdyno plan --help\` to see what there is. (USAGE)

    $ pgdyno plan quikstart
    There is no experiment file and no built-in experiment called \`quikstart\`. Did you mean \`quickstart\`?
    Built-in experiments: ceilings, failover, in-memory, larger-than-ram, observe, quickstart, recovery, reference, sync-surface. \`pgdyno init\` writes a file to start from. (EXPERIMENT_NOT_FOUND)

    $ pgdyno plan a b
    \`b\` is one argument too many: \`plan\` takes only experiment.
    Run \`pgdyno plan --help\` to see what there is. (USAGE)

    $ pgdyno explain SPEC_INVALD
    Nothing is called \`SPEC_INVALD\`. Did you mean \`SPEC_INVALID\`?
    Run \`pgdyno explain\` for everything that can be explained. (USAGE)

    $ pgdyno completion bsh
    Unknown value \`bsh\` for shell. Did you mean \`bash\`?
    Run \`pgdyno completion --help\` to see what there is. (USAGE)

    $ pgdyno help obsrve
    Unknown command \`obsrve\`. Did you mean \`observe\`?
    Run \`pgdyno --help\` to see what there is. (USAGE)

    $ pgdyno run quickstart --dsn x
    Unknown option \`--dsn\`. It belongs after \`observe\`, \`mark\`, \`doctor\`.
    Run \`pgdyno run --help\` to see what there is. (USAGE)

    $ pgdyno --seed 1 plan quickstart
    Unknown option \`--seed\`. It belongs after \`run\`, \`plan\`.
    Run \`pgdyno --help\` to see what there is. (USAGE)

    $ pgdyno gc x
    \`x\` is one argument too many: \`gc\` takes no argument.
    Run \`pgdyno gc --help\` to see what there is. (USAGE)

    $ pgdyno run --strict=yes quickstart
    \`--strict\` takes no value.
    Run \`pgdyno run --help\` to see what there is. (USAGE)
    "
  `);
});

test("a word that there is not is refused beside --help and --version too", async () => {
  const right = [
    ["run", "--help"],
    ["--help", "run"],
    ["help", "run"],
    ["run", "nosuch", "--help"],
    ["run", "--version"],
  ];
  for (const argv of right) {
    expect({ argv, ...(await cli(...argv)) }).toMatchObject({ argv, status: 0, err: "" });
  }
  const wrong = [
    ["manifests", "--help"],
    ["--help", "manifests"],
    ["help", "manifests"],
    ["-h", "--nosuch"],
    ["run", "--nosuch", "--help"],
    ["run", "--help", "--nosuch"],
    ["plan", "a", "b", "--help"],
    ["report", "runs/latest", "--format", "jsn", "--help"],
    ["completion", "bsh", "--help"],
    ["nosuch", "--version"],
    ["explain", "nosuch"],
  ];
  for (const argv of wrong) {
    expect({ argv, ...(await cli(...argv)) }).toMatchObject({ argv, status: 2, out: "" });
  }
  expect((await cli("help", "run")).out).toBe((await cli("run", "--help")).out);
  expect((await cli("help")).out).toBe((await cli("--help")).out);
});

test("errors are JSON for programs, a command line that cannot be parsed too", async () => {
  const { status, err } = await cli("plan", "--nope", "--format=json");
  expect(status).toBe(2);
  expect(JSON.parse(err)).toMatchObject({ error: { code: "USAGE", exit: 2 } });
});

test("a thrown bug keeps its stack, asks to be reported and ends with 70", async () => {
  const { tellError } = await import("./tell-error.ts");
  let told = "";
  const io = { err: (text: string) => void (told += text), hasColor: false } as Io;
  expect(tellError(new TypeError("x is not a function"), { io, asJson: false })).toBe(70);
  expect(told).toMatch(/bug in pgdyno[^]*x is not a function[^]*run-cli\.test\.ts[^]*report/);
});

test("init writes a file that plans, and never overwrites one", async () => {
  const file = path.join(folder, "mine.yaml");
  expect(await cli("init", file)).toMatchObject({ status: 0 });
  const written = readFileSync(file, "utf8");
  const again = await cli("init", file);
  expect(again.status).toBe(2);
  expect(again.err).toContain("is there already, and is left as it is.");
  expect(readFileSync(file, "utf8")).toBe(written);
});

test("plan and explain give the same facts as JSON", async () => {
  const { plan } = JSON.parse((await cli("plan", "quickstart", "--format", "json")).out) as {
    plan: { trials: unknown[]; seed: string; quick: boolean };
  };
  expect(plan).toMatchObject({ seed: "quickstart", quick: true });
  const text = (await cli("plan", "quickstart")).out;
  expect(text).toContain(`(seed quickstart): ${plan.trials.length} trials, about `);
  const explained = (await cli("explain", "repetitions", "--format", "json")).out;
  expect(JSON.parse(explained)).toMatchObject([
    { kind: "field", name: "stages[].ladder.repetitions", facts: { default: "5" } },
    { kind: "field", name: "stages[].recovery.repetitions", facts: { default: "1" } },
    { kind: "field", name: "stages[].sync-surface.repetitions", facts: { default: "2" } },
  ]);
});

test("explain knows a field by the path that a fault names", async () => {
  expect((await cli("explain", "stages[0].ladder.clients[2]")).out).toMatch(
    /^stages\[\]\.ladder\.clients \(field\)/,
  );
});

test("the schema takes what the built-in experiments say", async () => {
  const schema = JSON.parse((await cli("schema")).out) as Record<string, unknown>;
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    required: ["target", "stages"],
    additionalProperties: false,
  });
});

test("completions name commands, options, choices and built-in experiments; bash reads them", async () => {
  const { out } = await cli("completion", "bash");
  const complete = (words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `${out}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _pgdyno; echo "\${COMPREPLY[*]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
  };
  expect(complete(["pgdyno", "pl"])).toBe("plan");
  expect(complete(["pgdyno", "hel"])).toBe("help");
  expect(complete(["pgdyno", "help", "comple"])).toBe("completion");
  expect(complete(["pgdyno", "plan", "qui"])).toBe("quickstart");
  expect(complete(["pgdyno", "plan", "--s"])).toBe("--seed");
  expect(complete(["pgdyno", "plan", "--format", "j"])).toMatch(/^json/);
  expect((await cli("completion", "fish")).out).toContain("-a plan -d");
});
