import { mkdtemp, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { checkLedger, type LedgerVerdict } from "../../../src/analysis/check-ledger.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import type { Ledger } from "../../../src/record/ledger.ts";
import { findLedgers } from "../../../src/record/read-ledger.ts";
import { RecordWriter } from "../../../src/record/record-writer.ts";
import { ledgerScript } from "../../../src/workloads/native/ledger/ledger-script.ts";
import {
  createLedgerTable,
  writeFinalRead,
} from "../../../src/workloads/native/ledger/ledger-table.ts";
import {
  runLoad,
  type LoadOptions,
  type LoadSecond,
  type LoadSummary,
} from "../../../src/workloads/native/run-load.ts";
import {
  withPostgres,
  type TestPostgres,
  type TestPostgresOptions,
} from "../../support/postgres.ts";
import { recordOf } from "../../support/record.ts";
import { loadOf } from "./load-of.ts";

/** A real server, a record, and a load that keeps its ledger there. */
export interface LedgerScene {
  readonly server: TestPostgres;
  /** How the load keeps it, where the ledger's script is the only one. */
  readonly ledger: NonNullable<LoadOptions["ledger"]>;
  /** UTC ms of the run clock's zero. */
  readonly epochMs: number;
  load(
    options: Partial<LoadOptions>,
    onSecond?: (second: LoadSecond) => void,
  ): Promise<LoadSummary>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Waits for a row. */
  until(sql: string): Promise<Record<string, unknown>>;
  /** Reads the table, and the whole ledger from the disk. */
  read(): Promise<Ledger>;
  check(faultMs?: number): Promise<LedgerVerdict>;
}

export async function withLedger(
  work: (scene: LedgerScene) => Promise<void>,
  options: TestPostgresOptions = {},
): Promise<void> {
  const directory = await mkdtemp("/tmp/pgdyno-ledger-test-");
  const writer = new RecordWriter(directory, recordOf({ trials: [] }).manifest);
  try {
    await withPostgres((server) => work(sceneOf(server, writer)), { version: 15, ...options });
  } finally {
    writer.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function sceneOf(server: TestPostgres, writer: RecordWriter): LedgerScene {
  const { signal } = new AbortController();
  const zeroHrtimeMs = Number(process.hrtime.bigint()) / 1e6;
  const query = (sql: string) => queryAs(server.adminEndpoint, sql);
  const read = async (): Promise<Ledger> => {
    await writeFinalRead(server.endpoint, writer.ledgerFile("t", "final"), signal);
    return findLedgers(writer.directory).get("t")!.ledger;
  };
  const file = (worker: number) => writer.ledgerFile("t", String(worker));
  const ledger = { script: 0, file, zeroHrtimeMs };
  return {
    server,
    ledger,
    epochMs: performance.timeOrigin + performance.now(),
    query,
    read,
    async load(options, onSecond = () => {}) {
      await createLedgerTable(server.endpoint, signal);
      return runLoad(
        {
          ...loadOf(server.endpoint, "", { clients: 4, workers: 2, protocol: "prepared" }),
          scripts: [ledgerScript({ payloadBytes: 100, weight: 1 })],
          sessionAttributes: "read-write",
          ledger,
          ...options,
        },
        { onSecond },
      );
    },
    async until(sql) {
      for (;;) {
        const [row] = await query(sql);
        if (row !== undefined) return row;
        await sleep(20);
      }
    },
    async check(faultMs) {
      return checkLedger(await read(), { faultMs: faultMs ?? null });
    },
  };
}

async function queryAs(endpoint: Endpoint, sql: string): Promise<Record<string, unknown>[]> {
  const { host, port } = endpoint.hosts[0]!;
  const { user, database } = endpoint;
  const client = new Client({ host, port, user, database, password: endpoint.password!.reveal() });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
