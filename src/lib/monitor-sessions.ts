/**
 * `application_name` of every connection that only watches. Sessions that bear it (or begin with it)
 * are left out where sessions are counted: the load's sessions count, the observer's do not.
 */
export const MONITOR_APPLICATION_NAME = "pgdyno-monitor";

/** SQL predicate over `pid` and `application_name`: true for a session that is not the observer's. */
export const NOT_A_MONITOR_SESSION = `pid <> pg_backend_pid() and coalesce(application_name, '') not like '${MONITOR_APPLICATION_NAME}%'`;
