/** Statements that create pgbench's tables, column for column as `pgbench -i` does. */
import { countRows } from "./pgbench-tables.ts";

/** From this scale on account numbers do not fit 32 bits; pgbench's own round figure. */
const SCALE_BIGINT = 20_000;

export function createTables(about: {
  readonly scale: number;
  readonly fillfactor?: number;
  readonly partitions?: number;
  readonly partitionMethod?: "range" | "hash";
  readonly unlogged?: boolean;
}): string[] {
  const { scale, fillfactor = 100, partitions = 0, partitionMethod = "range", unlogged } = about;
  const aid = scale >= SCALE_BIGINT ? "bigint" : "int";
  const filled = `with (fillfactor=${fillfactor})`;
  const create = `create${unlogged === true ? " unlogged" : ""} table`;
  const root = `create${unlogged === true && partitions === 0 ? " unlogged" : ""} table`;
  return [
    `${root} pgbench_history(tid int,bid int,aid ${aid},delta int,mtime timestamp,filler char(22))`,
    `${root} pgbench_tellers(tid int not null,bid int,tbalance int,filler char(84)) ${filled}`,
    `${root} pgbench_accounts(aid ${aid} not null,bid int,abalance int,filler char(84)) ${
      partitions > 0 ? `partition by ${partitionMethod} (aid)` : filled
    }`,
    `${root} pgbench_branches(bid int not null,bbalance int,filler char(88)) ${filled}`,
    ...Array.from({ length: partitions }, (_, i) => {
      const bounds =
        partitionMethod === "hash"
          ? `with (modulus ${partitions}, remainder ${i})`
          : rangeOf(i, partitions, scale);
      return `${create} pgbench_accounts_${i + 1} partition of pgbench_accounts for values ${bounds} ${filled}`;
    }),
  ];
}

/** The first and the last partition are open at their outer ends. */
function rangeOf(index: number, partitions: number, scale: number): string {
  const size = Math.floor((countRows("accounts", scale) + partitions - 1) / partitions);
  const from = index === 0 ? "minvalue" : String(index * size + 1);
  const to = index === partitions - 1 ? "maxvalue" : String((index + 1) * size + 1);
  return `from (${from}) to (${to})`;
}
