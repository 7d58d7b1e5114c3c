import { randomInt } from "node:crypto";
import type { Endpoint, EndpointHost, SessionAttributes } from "../../../lib/endpoint.ts";
import { connect } from "../wire/connect.ts";
import type { Connection } from "../wire/connection.ts";
import { ControlSession } from "../wire/control-session.ts";

export interface ConnectPlan {
  readonly endpoint: Endpoint;
  readonly sessionAttributes: SessionAttributes;
  readonly connectTimeoutMs: number;
}

/**
 * Connects to the first host of the list that answers and is of the wanted kind.
 *
 * Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS.
 *
 * @throws the last host's error where none will do.
 */
export async function connectAny(plan: ConnectPlan): Promise<Connection> {
  if (plan.sessionAttributes !== "prefer-standby") return connectFirst(plan);
  const standby = connectFirst({ ...plan, sessionAttributes: "standby" });
  return standby.catch(() => connectFirst({ ...plan, sessionAttributes: "any" }));
}

async function connectFirst(plan: ConnectPlan): Promise<Connection> {
  let last: unknown = new Error("the list of hosts is empty");
  for (const host of hostsInOrder(plan.endpoint)) {
    try {
      const connection = await connect(host, plan.endpoint, plan.connectTimeoutMs);
      if (await isWanted(connection, plan)) return connection;
      connection.close();
      last = new Error(`${host.host}:${host.port} is not ${plan.sessionAttributes}`);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Shuffled for each connection where the load is to be spread: `load_balance_hosts=random`. */
function hostsInOrder({ hosts, isBalanced }: Endpoint): readonly EndpointHost[] {
  if (isBalanced !== true) return hosts;
  const shuffled = [...hosts];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

async function isWanted(
  connection: Connection,
  { sessionAttributes, connectTimeoutMs }: ConnectPlan,
): Promise<boolean> {
  if (sessionAttributes === "any" || sessionAttributes === "prefer-standby") return true;
  const about = await readServerState(connection, connectTimeoutMs);
  switch (sessionAttributes) {
    case "primary":
      return !about.inHotStandby;
    case "standby":
      return about.inHotStandby;
    case "read-write":
      return !about.inHotStandby && !about.readOnly;
    case "read-only":
      return about.inHotStandby || about.readOnly;
  }
}

/** From the parameters that PostgreSQL 14 and later report by themselves; older ones are asked. */
async function readServerState(
  connection: Connection,
  timeoutMs: number,
): Promise<{ inHotStandby: boolean; readOnly: boolean }> {
  const standby = connection.parameters.get("in_hot_standby");
  const readOnly = connection.parameters.get("default_transaction_read_only");
  if (standby !== undefined && readOnly !== undefined) {
    return { inHotStandby: standby === "on", readOnly: readOnly === "on" };
  }
  const timer = setTimeout(() => connection.destroy("the server did not answer"), timeoutMs);
  try {
    const [row] = await new ControlSession(connection).query(
      "select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')",
    );
    return { inHotStandby: row?.[0] === "t", readOnly: row?.[1] === "on" };
  } finally {
    clearTimeout(timer);
  }
}
