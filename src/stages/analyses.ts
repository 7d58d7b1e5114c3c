import { analyzeCeilings } from "../analysis/ceilings/analyze-ceilings.ts";
import { analyzeComparisons } from "../analysis/compare/analyze-comparison.ts";
import { analyzeFailovers } from "../analysis/failover/analyze-failovers.ts";
import { analyzeSearches } from "../analysis/search/analyze-search.ts";
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
