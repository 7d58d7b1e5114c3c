/** `application_name` of the connections that probes read over. */
export const MONITOR_APPLICATION_NAME = "pgdyno monitor";

/**
 * SQL predicate over `pid` and `application_name`: true for a session that is not the observer's.
 *
 * Everything of ours that puts no load on names itself `pgdyno` and a word (`pgdyno monitor`,
 * `pgdyno-target`); the load is plain `pgdyno`, or `pgdyno load…`, or the tool's own name.
 */
export const NOT_A_MONITOR_SESSION = `pid <> pg_backend_pid()
   and (coalesce(application_name, '') not like 'pgdyno_%' or application_name like 'pgdyno_load%')`;
