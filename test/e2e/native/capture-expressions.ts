/**
 * Stores what pgbench makes of expressions, for the unit tests of the script language.
 *
 * Run by hand: `npx tsx test/e2e/native/capture-expressions.ts`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";

const run = promisify(execFile);
const SEED = 4711;
const TRANSACTIONS = 100;

/** Those that give a value; random ones are drawn again in every transaction. */
const EXPRESSIONS = `
1 + 2 * 3 - 4 / 5 % 6
-7 / 2
-7 % 2
7 / -2
(1 + 2) * 3
- 2 + 3
-(-2) * +3
9223372036854775807 - 1
-9223372036854775808
3000000000 * 3000000000
4503599627370495 * 2048 - 1
-9223372036854775808 / 2
9007199254740993 + 2
9007199254740993 % 10
0.1 + 0.2
1 / 3.0
1e20 * 3
123456789.123456789
1e15
1e14
123456789012345678.0
0.00001234
0.0001
-0.0
1.0 / 0
-1.0 / 0
1 < 2
2 <= 1
1 = 1.0
1 <> 2
1 != 1
2 > 1.5
2 >= 3
9007199254740993 > 9007199254740992
true and not false
false or 1 = 1
not 1 = 2 and true
null or true
true and null
false and null
null is null
1 is not null
1 isnull
1 notnull
(1 = 1) is true
not null is null
1 = 1 is true
12 & 10
12 | 3
12 # 10
~0
~5 + 1
~1 | 4
1 << 40
1 << 63
1 << 64
-1 >> 1
-9223372036854775808 >> 63
1 | 2 & 3 # 4
1 + 2 << 1
case when 1 = 2 then 10 when true then 20 else 30 end
case when null then 1 end
case when 0 then 1 when 2.5 then 2 else 3 end
abs(-5)
abs(-5.5)
abs(-9223372036854775807)
least(3, 2, 4)
greatest(3, 2.5, 1)
greatest(1, null)
int(2.5)
int(3.5)
int(-2.5)
int(1e18)
double(3)
mod(17, 5)
pi()
sqrt(2)
ln(10)
exp(1)
exp(3.7) * ln(7.3)
pow(2, 10)
power(2, 0.5)
pow(-8, 3)
null + 1
hash(null)
hash(0)
hash(42, 5)
hash_murmur2(-1, -9223372036854775808)
hash_fnv1a(42)
hash_fnv1a(-1, 123456789012)
permute(5, 1000)
permute(5, 1000, 42)
permute(123456789, 9223372036854775807, 9)
permute(-5, 3, 7)
:client_id + :random_seed
:default_seed
random(1, 6)
random(-1000000, 1000000)
random(1, 2147483648)
random(0, 4294967295)
random(1, 4294967296)
random(0, 9007199254740990)
random(-4611686018427387904, 4611686018427387902)
random(0, 9223372036854775806)
random_gaussian(1, 100000, 2.5)
random_gaussian(1, 1000000000, 5)
random_exponential(1, 100000, 2.5)
random_exponential(1, 1000000000, 3)
random_zipfian(1, 100000, 1.07)
random_zipfian(1, 10, 2.5)
random_zipfian(1, 1000000, 1.001)
`;

/** Those that end the client. */
const ERRORS = `
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 2
-9223372036854775808 / -1
1 / 0
1 % 0
1 + true
not 1
true and 1
random(2, 1)
random(-9223372036854775808, 9223372036854775807)
random_gaussian(1, 10, 1)
random_zipfian(1, 10, 1)
random_exponential(1, 10, 0)
permute(1, 0)
int(1e19)
:never_set
`;

const lines = (text: string): string[] => text.trim().split("\n");

async function pgbench(
  { binDirectory, endpoint }: TestPostgres,
  script: string,
  transactions: number,
): Promise<string> {
  const directory = await mkdtemp("/tmp/pgdyno-capture-");
  const file = join(directory, "script.sql");
  await writeFile(file, script);
  const { host, port } = endpoint.hosts[0]!;
  const env = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: "pgdyno",
    PGDATABASE: "pgdyno",
    PGPASSWORD: endpoint.password!.reveal(),
  };
  const args = ["-n", "-t", String(transactions), `--random-seed=${SEED}`, "-f", file];
  const options = { env, maxBuffer: 2 ** 26 };
  const done = await run(join(binDirectory, "pgbench"), args, options).catch(
    (error: unknown) => error as { stderr: string },
  );
  await rm(directory, { recursive: true });
  return done.stderr;
}

await withPostgres(
  async (server) => {
    const { stdout: version } = await run(join(server.binDirectory, "pgbench"), ["--version"]);
    const expressions = lines(EXPRESSIONS);
    const script = expressions.map((expression) => `\\set v debug(${expression})\n`).join("");
    const printed = [
      ...(await pgbench(server, script, TRANSACTIONS)).matchAll(/^debug\(.*?\): (.*)$/gm),
    ];
    const values = printed.map(([, value]) => value!);
    if (values.length !== expressions.length * TRANSACTIONS)
      throw new Error(`${values.length} values`);
    const errors: Record<string, string> = {};
    for (const expression of lines(ERRORS)) {
      const said = await pgbench(server, `\\set v ${expression}\n`, 1);
      errors[expression] = /^pgbench: error: (.*)$/m.exec(said)![1]!;
    }
    const captured = {
      capturedFrom: version.trim(),
      seed: SEED,
      transactions: TRANSACTIONS,
      values: Object.fromEntries(
        expressions.map((expression, i) => {
          const all = values.filter((_, j) => j % expressions.length === i);
          return [expression, new Set(all).size === 1 ? all[0] : all.join("; ")];
        }),
      ),
      errors,
    };
    const name = "../../../src/workloads/native/script/fixtures/expressions.json";
    await writeFile(
      fileURLToPath(new URL(name, import.meta.url)),
      `${JSON.stringify(captured, null, 2)}\n`,
    );
  },
  { version: 15 },
);
