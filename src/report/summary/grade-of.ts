import type { TrialAnalysis, ValidityGrade } from "../../analysis/model.ts";

/**
 * A disturbed machine makes a failover slower and its load another one, and changes nothing of what was
 * lost: where there was a load at all it counts, with a reservation.
 */
export function gradeOf({ planned, validity, throughputTps }: TrialAnalysis): ValidityGrade {
  const isJudgedByFault = planned.disturbance !== undefined || planned.calibrates === true;
  const counts = validity.is === "invalid" && isJudgedByFault && throughputTps !== null;
  return counts ? "degraded" : validity.is;
}
