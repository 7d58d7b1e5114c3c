import { UNIT_WORDS, type LoadUnit } from "../record/load-kind.ts";
import { formatNumber } from "../lib/units.ts";
import { count } from "./phrases.ts";

/** The load of a point or a trial in words: `"16 clients"`, `"1,000 tps offered, 32 clients"`. */
export function loadText(point: {
  readonly clients: number;
  readonly rateTps: number | null;
  readonly unit: LoadUnit;
}): string {
  const clients = count(point.clients, "client");
  return point.rateTps === null
    ? clients
    : `${formatNumber(point.rateTps)} ${UNIT_WORDS[point.unit].perSecond} offered, ${clients}`;
}
