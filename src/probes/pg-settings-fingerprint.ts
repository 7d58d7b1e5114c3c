import { defineSqlProbe } from "../contracts/probe.ts";

/** A number that changes when a setting changes. */
export const pgSettingsFingerprint = defineSqlProbe({
  id: "pg-settings-fingerprint",
  summary: "A fingerprint of every setting, without what the observer's session sets for itself.",
  source: "https://www.postgresql.org/docs/current/view-pg-settings.html",
  everyMs: 10_000,
  series: {
    fingerprint: {
      unit: "count",
      kind: "gauge",
      doc: "First 32 bits of an MD5 over names and values: equal numbers are equal settings, as far as the role may read them.",
    },
    settings: { unit: "count", kind: "gauge", doc: "Settings that went into it." },
  },
  variants: [
    {
      requires: { pg_settings: ["name", "setting", "reset_val", "source", "context"] },
      sql: `
select ('x' || left(md5(string_agg(name || '=' || coalesce(value, ''), ',' order by name collate "C")), 8))
         ::bit(32)::bigint as "fingerprint",
       count(*) as "settings"
  from (select name, case source when 'session' then reset_val else setting end as value
          from pg_settings
         where context <> 'internal' and source not in ('client', 'interactive', 'override')) as set`,
    },
  ],
  otherwise: "pg_settings lacks the columns that are read.",
});
