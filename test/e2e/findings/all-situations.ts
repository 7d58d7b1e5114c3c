import type { Situation } from "./situation.ts";
import { archive } from "./situations/archive.ts";
import { healthy } from "./situations/healthy.ts";
import { load } from "./situations/load.ts";
import { locks } from "./situations/locks.ts";
import { memoryAndCatalogs } from "./situations/memory-and-catalogs.ts";
import { ordinary } from "./situations/ordinary.ts";
import { replication } from "./situations/replication.ts";
import { settings } from "./situations/settings.ts";
import { shippedWal } from "./situations/shipped-wal.ts";
import { standbys } from "./situations/standbys.ts";

/** Every staged situation, in the order of the table. */
export const SITUATIONS: readonly Situation[] = [
  ...healthy,
  ...ordinary,
  ...archive,
  ...shippedWal,
  ...replication,
  ...standbys,
  ...load,
  ...locks,
  ...memoryAndCatalogs,
  ...settings,
];
