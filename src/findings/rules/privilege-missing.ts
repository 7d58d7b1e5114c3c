import { fail, pass, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule } from "../rule.ts";

/** It holds nothing back; it hides what may. */
const WEIGHT = 0.001;
/** Older records hold what a version, a build or a machine lacks in the same list. */
const IS_PRIVILEGE = /\brole\b|\bgrant\b|permission denied|privilege/i;

export const privilegeMissing = defineRule({
  id: "privilege-missing",
  asks: "Is something hidden from the role that looks at the server?",
  needs: [],
  sources: ["https://www.postgresql.org/docs/current/predefined-roles.html"],
  explainedBy: [],
  kind: "aside",

  judge({ server }) {
    if (server === null) return unknown("Nothing is known of the server.");
    const { missingPrivileges, notAvailable } = server;
    const missing =
      notAvailable === undefined
        ? missingPrivileges.filter((text) => IS_PRIVILEGE.test(text))
        : missingPrivileges;
    if (missing.length === 0) return pass("The role of the probes sees all that it asks for.");
    return fail({
      because: `Part of the server was not seen. ${missing[0]!}`,
      evidence: missing.map((text) => ({
        name: "hidden",
        value: text,
        unit: "text",
        how: "fact" as const,
        from: "server",
      })),
      confidence: "confirmed",
      advice: "As a superuser: `GRANT pg_monitor TO` the role, then run it again.",
      refutedBy: "The role is a member of `pg_monitor` already.",
      experiment: byHand("`pg_monitor` granted to the role"),
      weight: WEIGHT,
    });
  },
});
