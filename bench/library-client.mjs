/**
 * One of Node's PostgreSQL libraries under the same closed loop as pgbench: each client runs its
 * script over and over with prepared statements and keeps its latencies. Prints CPU and transactions.
 *
 * `node bench/library-client.mjs pg|postgres SCRIPT CLIENTS SECONDS`; connects by PGHOST and so on.
 */
const [library, script, clientsText, secondsText] = process.argv.slice(2);
const WARMUP_MS = 2000;
const SCALE = 10;
const {
  PGHOST: host,
  PGPORT,
  PGUSER: user,
  PGDATABASE: database,
  PGPASSWORD: password,
} = process.env;
const settings = { host, port: Number(PGPORT), user, database, password };

const UPDATE_ACCOUNT = "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2";
const SELECT_ACCOUNT = "SELECT abalance FROM pgbench_accounts WHERE aid = $1";
const UPDATE_TELLER = "UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2";
const UPDATE_BRANCH = "UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2";
const INSERT_HISTORY =
  "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)";

const draw = (most) => 1 + Math.floor(Math.random() * most);

const SCRIPTS = {
  "select-only": (run) => run("select", SELECT_ACCOUNT, [draw(100_000 * SCALE)]),
  "tpcb-like": async (run) => {
    const [aid, bid, tid] = [draw(100_000 * SCALE), draw(SCALE), draw(10 * SCALE)];
    const delta = draw(10_001) - 5001;
    await run("begin", "BEGIN", []);
    await run("account", UPDATE_ACCOUNT, [delta, aid]);
    await run("select", SELECT_ACCOUNT, [aid]);
    await run("teller", UPDATE_TELLER, [delta, tid]);
    await run("branch", UPDATE_BRANCH, [delta, bid]);
    await run("history", INSERT_HISTORY, [tid, bid, aid, delta]);
    await run("end", "END", []);
  },
};

/** Gives what runs one statement on a connection of its own. */
async function connect() {
  if (library === "pg") {
    const { default: pg } = await import("pg");
    const client = new pg.Client(settings);
    await client.connect();
    return (name, text, values) => client.query({ name, text, values });
  }
  const { default: postgres } = await import("postgres");
  const sql = await postgres({ ...settings, max: 1, onnotice() {} }).reserve();
  return (_, text, values) => sql.unsafe(text, values, { prepare: true });
}

const state = { count: 0, isOver: false };
const latencies = new Float64Array(100_000);

async function loop(run) {
  while (!state.isOver) {
    const began = performance.now();
    await SCRIPTS[script](run);
    const tenMicros = Math.min(latencies.length - 1, Math.round((performance.now() - began) * 100));
    latencies[tenMicros]++;
    state.count++;
  }
}

function read() {
  const { user: cpuUser, system } = process.cpuUsage();
  return { cpuMicros: cpuUser + system, count: state.count, atMs: performance.now() };
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const runs = await Promise.all(Array.from({ length: Number(clientsText) }, connect));
const loops = runs.map(loop);
await wait(WARMUP_MS);
const from = read();
await wait(Number(secondsText) * 1000);
const to = read();
state.isOver = true;
await Promise.all(loops);
const count = to.count - from.count;
const cpuMicros = (to.cpuMicros - from.cpuMicros) / count;
console.log(JSON.stringify({ cpuMicros, tps: (count / (to.atMs - from.atMs)) * 1000 }));
process.exit(0);
