import type { Situation } from "./situation.ts";
import { archive } from "./situations/archive.ts";
import { healthy } from "./situations/healthy.ts";
import { load } from "./situations/load.ts";
import { replication } from "./situations/replication.ts";

/** Every staged situation, in the order of the table. */
export const SITUATIONS: readonly Situation[] = [...healthy, ...archive, ...replication, ...load];
