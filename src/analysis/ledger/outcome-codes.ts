import { LEDGER_OUTCOMES } from "../../record/ledger-format.ts";

/** How the columns of a ledger name outcomes. */
export const OK = LEDGER_OUTCOMES.indexOf("ok");
export const OK_WARN = LEDGER_OUTCOMES.indexOf("ok_warn");
export const FAIL = LEDGER_OUTCOMES.indexOf("fail");
export const UNKNOWN = LEDGER_OUTCOMES.indexOf("unknown");

export function isAcknowledged(code: number | undefined): boolean {
  return code === OK || code === OK_WARN;
}
