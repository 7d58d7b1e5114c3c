import type { Instance } from "../contracts/instance.ts";
import { DynoError } from "../lib/errors.ts";
import type { MonitorSession } from "./monitor-session.ts";

/** Opens a connection to an instance for one reader after the other, and few where there are few slots. */
export interface SharedConnections {
  /** A session of the reader's own, or that of another reader where the server has no slot for one more. */
  open(instance: Instance): Promise<MonitorSession>;
}

/** A full server is asked again this often: each attempt costs it a process and a line in its log. */
const AGAIN_MS = 1000;

/**
 * A server whose connection slots are used up is watched over the one session that there is; so is one
 * that would have none left for its owner, and one behind a connection pooler.
 */
export function shareConnections(options: {
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  /** Told once per instance that its readers share a session. */
  readonly onShared: (instance: Instance) => void;
  readonly now: () => number;
}): SharedConnections {
  const places = new Map<string, Place>();
  return {
    open(instance) {
      const place = places.get(instance.name) ?? newPlace();
      places.set(instance.name, place);
      // One at a time: who comes second must know what the first one got.
      const opening = place.last.then(() => openAt(place, instance, options));
      place.last = opening.catch(() => undefined);
      return opening;
    },
  };
}

interface Place {
  last: Promise<unknown>;
  /** Sessions that were opened; those that ended since are no use. */
  opened: readonly MonitorSession[];
  refused: { readonly error: unknown; readonly atMs: number } | null;
  wasTold: boolean;
}

const newPlace = (): Place => ({
  last: Promise.resolve(),
  opened: [],
  refused: null,
  wasTold: false,
});

async function openAt(
  place: Place,
  instance: Instance,
  { connect, onShared, now }: Parameters<typeof shareConnections>[0],
): Promise<MonitorSession> {
  const share = (own: MonitorSession): MonitorSession => {
    if (!place.wasTold) onShared(instance);
    place.wasTold = true;
    return lend(own);
  };
  place.opened = place.opened.filter((one) => one.isOpen());
  const [own] = place.opened;
  if (own?.isLast === true) return share(own);
  if (own === undefined && place.refused !== null && now() - place.refused.atMs < AGAIN_MS) {
    throw place.refused.error;
  }
  try {
    const opened = await connect(instance);
    place.refused = null;
    place.opened = [...place.opened, opened];
    return opened;
  } catch (error) {
    if (!(error instanceof DynoError) || error.code !== "CONNECTION_SLOTS_TAKEN") throw error;
    if (own !== undefined) return share(own);
    place.refused = { error, atMs: now() };
    throw error;
  }
}

/** The same session for another reader, who must not close it. */
function lend(own: MonitorSession): MonitorSession {
  let isOpen = true;
  return {
    query: (sql) => own.query(sql),
    hasColumns: (relation, columns) => own.hasColumns(relation, columns),
    isOpen: () => isOpen && own.isOpen(),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
  };
}
