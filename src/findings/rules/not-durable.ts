import { unsafeSettings } from "../../analysis/server-gates.ts";
import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

/** It holds nothing back, it endangers; whatever does hold back is told first. */
const WEIGHT = 0.01;

export const notDurable = defineRule({
  id: "not-durable",
  asks: "May a crash lose transactions that were acknowledged, or damage the data?",
  needs: [],
  sources: [
    "https://www.postgresql.org/docs/current/non-durability.html",
    "https://www.postgresql.org/docs/current/wal-reliability.html",
  ],
  explainedBy: [],
  kind: "aside",

  judge(evidence) {
    const settings = Object.keys(evidence.server?.settings ?? {});
    if (settings.length === 0) return unknown("The settings were not read.");
    const unsafe = unsafeSettings(evidence);
    const items = ["fsync", "full_page_writes", "synchronous_commit"].map((name) => ({
      name,
      value: evidence.settingText(name),
      unit: "text",
      how: "fact" as const,
      from: "pg_settings",
    }));
    if (unsafe.length === 0) return pass("Acknowledged transactions are on disk.", items);
    return fail({
      because: `The server runs with ${unsafe.join(", ")}.`,
      evidence: items,
      confidence: "confirmed",
      advice:
        "Switch them back on before anything that matters is stored, and measure again: these " +
        "figures are not those of a durable server.",
      refutedBy:
        "The data can be made again at any time, or (for `full_page_writes`) the storage writes 8 kB " +
        "whole or not at all.",
      experiment: byHand(
        `${unsafe.length === 1 ? "that setting" : "those settings"} switched back on`,
      ),
      weight: WEIGHT,
    });
  },
});
