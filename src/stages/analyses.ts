import { analyzeCeilings } from "./ceilings/analyze.ts";
import { analyzeComparisons } from "./compare/analyze.ts";
import { analyzeFailovers } from "./failover/analyze.ts";
import { analyzeSearches } from "./search/analyze.ts";
import type { StageAnalyses } from "../analysis/stage-analysis.ts";
import { analyzeSurfaces } from "./sync-surface/analyze.ts";
import { analyzeObservations } from "./observe/analyze.ts";
import { analyzeRecoveries } from "./recovery/analyze.ts";

/** What each kind of stage finds in a record: a line per kind. One may look at what those above it found. */
export const STAGE_ANALYSES: StageAnalyses = {
  failovers: analyzeFailovers,
  recoveries: analyzeRecoveries,
  searches: analyzeSearches,
  comparisons: analyzeComparisons,
  observations: analyzeObservations,
  ceilings: analyzeCeilings,
  surfaces: analyzeSurfaces,
};
