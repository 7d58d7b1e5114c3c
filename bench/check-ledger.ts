/**
 * What a big ledger costs: a million writes by default are written as the workers write them, read
 * back from the disk and checked, with a few planted losses that must be found.
 *
 * Run by hand: `npx tsx --expose-gc bench/check-ledger.ts [writes] [clients]`.
 */
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { checkLedger } from "../src/analysis/check-ledger.ts";
import {
  formatLedgerServer,
  LEDGER_COLUMNS,
  LEDGER_FINAL_COLUMNS,
  LEDGER_FINAL_HEAD,
  LEDGER_HEAD,
} from "../src/record/ledger-format.ts";
import { readLedger } from "../src/record/read-ledger.ts";

const [writes = 1_000_000, clients = 32] = process.argv.slice(2).map(Number);
const LOST = 5;
const MEGABYTE = 1 << 20;
const server = formatLedgerServer(0, {
  start: "1763800675.123456",
  address: "127.0.0.1",
  port: 5432,
  timeline: 1,
});
const perClient = Math.floor(writes / clients);

const directory = mkdtempSync("/tmp/pgdyno-bench-");
try {
  const files = [path.join(directory, "t.0.csv"), path.join(directory, "t.final.csv")];
  writeWorker(files[0]!);
  writeFinal(files[1]!);
  globalThis.gc?.();
  const rssBefore = process.memoryUsage.rss();
  const startMs = performance.now();
  const ledger = readLedger(files);
  const readMs = performance.now() - startMs;
  const verdict = checkLedger(ledger, { faultMs: 100 });
  const checkMs = performance.now() - startMs - readMs;
  const peak = process.resourceUsage().maxRSS / 1024;
  if (verdict.table?.lost.count !== LOST) throw new Error(`found ${verdict.because}`);
  console.log(
    [
      `${ledger.writes.count} writes, ${Math.round(statSync(files[0]!).size / MEGABYTE)} MB on disk`,
      `read    ${Math.round(readMs)} ms`,
      `checked ${Math.round(checkMs)} ms: ${verdict.because}`,
      `memory  ${Math.round(rssBefore / MEGABYTE)} MB before, ${Math.round(process.memoryUsage.rss() / MEGABYTE)} MB after, ${Math.round(peak)} MB at most`,
    ].join("\n"),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function writeWorker(file: string): void {
  const fd = openSync(file, "w");
  let text = `${LEDGER_HEAD}\n#clients ${clients}\n${LEDGER_COLUMNS}\n${server}`;
  for (let seq = 1; seq <= perClient; seq++) {
    for (let client = 0; client < clients; client++) {
      const i = (seq - 1) * clients + client;
      const lsn = (0x2000000 + i * 290).toString(16).toUpperCase();
      text += `${client},${seq},o,${1_000_000 + i * 100},${900 + (i % 200)},0,0/${lsn}\n`;
    }
    if (text.length < MEGABYTE) continue;
    writeSync(fd, text);
    text = "";
  }
  writeSync(fd, `${text}E${perClient * clients},1000000,${1_002_000 + writes * 100}\n`);
  closeSync(fd);
}

/** The last rows of the first client are missing. */
function writeFinal(file: string): void {
  const stretches = Array.from({ length: clients }, (_, client) => {
    const last = perClient - (client === 0 ? LOST : 0);
    return `${client},1,${last},${last}`;
  });
  const head = `${LEDGER_FINAL_HEAD}\n${LEDGER_FINAL_COLUMNS}\n${server}`;
  writeFileSync(file, `${head}${stretches.join("\n")}\nE${clients}\n`);
}
