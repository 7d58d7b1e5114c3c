/** What a workload that keeps a ledger needs of its format in the record. */
export {
  formatLedgerServer,
  LEDGER_COLUMNS,
  LEDGER_FINAL,
  LEDGER_FINAL_COLUMNS,
  LEDGER_FINAL_HEAD,
  LEDGER_HEAD,
  LEDGER_LETTERS,
  type LedgerServer,
} from "../record/ledger-format.ts";
