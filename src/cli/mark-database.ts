import { describeEndpoint } from "../lib/endpoint.ts";
import { DynoError } from "../lib/errors.ts";
import { libpqSurroundings, resolveEndpoint } from "../lib/libpq-endpoint.ts";
import { withConnection } from "../lib/pg-connection.ts";
import { placeMarker, readContent } from "../lib/postgresql-marker.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

const TIMEOUT_MS = 10_000;

/**
 * Places the marker where the user names the database a second time.
 *
 * @throws {DynoError} USAGE where another name is given; TARGET_UNREACHABLE, DSN_INVALID
 */
export async function markDatabase(
  { dsn, yes }: { readonly dsn: string | undefined; readonly yes: string | undefined },
  io: Io,
): Promise<ExitStatus> {
  const given = { dsn: dsn ?? null };
  const { endpoint } = await resolveEndpoint(given, libpqSurroundings());
  const options = { applicationName: "pgdyno mark", timeoutMs: TIMEOUT_MS };
  return withConnection<ExitStatus>(endpoint, options, async (connection) => {
    const { database, marker, relationCount, relations } = await readContent(connection);
    const where = `Database ${database} (${describeEndpoint(endpoint)})`;
    if (marker !== null) {
      io.out(`${where} bears the marker since ${marker.createdAt}.`);
      return 0;
    }
    const names = relations.join(", ") + (relationCount > relations.length ? ", …" : "");
    const holds =
      relationCount === 0 ? "nothing" : `${relationCount} tables and sequences (${names})`;
    if (yes === undefined) {
      io.out(`${where} holds ${holds} and does not bear the marker.`);
      io.out(
        `Once marked it may be filled, written to and wiped. To give it to pgdyno: --yes ${database}`,
      );
      return 0;
    }
    if (yes !== database) {
      throw new DynoError("USAGE", {
        message: `--yes names \`${yes}\`, and the database is \`${database}\`: nothing was marked.`,
        hint: "Name the database that --dsn leads to.",
      });
    }
    await placeMarker(connection, "marked by hand");
    io.out(`${where} is pgdyno's now; it holds ${holds}.`);
    return 0;
  });
}
