import type { PartContext } from "../../contracts/context.ts";
import type { Endpoint } from "../../lib/endpoint.ts";
import { libpqSurroundings, resolveEndpoint } from "../../lib/libpq-endpoint.ts";
import type { ExistingOptions } from "./options.ts";

/** Where the load goes, and where probes read: the same database, perhaps as another role. */
export interface BothEndpoints {
  readonly load: Endpoint;
  readonly monitor: Endpoint;
}

/** @throws {DynoError} DSN_INVALID */
export async function resolveBoth(
  options: ExistingOptions,
  { say }: Pick<PartContext, "say">,
): Promise<BothEndpoints> {
  const { dsn = null, service, sslmode: sslMode, monitorDsn } = options;
  const surroundings = libpqSurroundings();
  const load = await resolveEndpoint({ dsn, service, sslMode }, surroundings);
  const monitor =
    monitorDsn === undefined
      ? load
      : await resolveEndpoint(
          { dsn: monitorDsn, service, sslMode, database: load.endpoint.database },
          surroundings,
        );
  for (const warning of new Set([...load.warnings, ...monitor.warnings])) say(warning);
  return { load: load.endpoint, monitor: monitor.endpoint };
}
