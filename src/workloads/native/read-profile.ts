import { formatNumber, parseDurationMs, parseRateTps } from "../../lib/units.ts";
import type { ProfilePiece, RateProfile } from "./load/rate-profile.ts";
import type { NativeOptions } from "./options.ts";

/** The profile in base units; `null` where none is given. */
export function readProfileOrNull({ profile }: Pick<NativeOptions, "profile">): RateProfile | null {
  if (profile === undefined) return null;
  if (!Array.isArray(profile)) {
    const { low, high, period } = profile.day;
    return {
      kind: "day",
      lowTps: readRate(low),
      highTps: readRate(high),
      periodMs: parseDurationMs(period)!,
    };
  }
  const pieces: ProfilePiece[] = [];
  for (const piece of profile) {
    // A ramp goes on from where the piece before it ended; the first one starts from nothing.
    if ("ramp" in piece) {
      const fromTps = pieces.at(-1)?.toTps ?? 0;
      const durationMs = parseDurationMs(piece.ramp)!;
      pieces.push({ durationMs, fromTps, toTps: readRate(piece.to) });
    } else {
      const rateTps = readRate(piece.rate);
      pieces.push({ durationMs: parseDurationMs(piece.for)!, fromTps: rateTps, toTps: rateTps });
    }
  }
  return { kind: "pieces", pieces };
}

/** The profile for people, short: `30s at 500 tps, to 2,000 tps in 60s`. */
export function describeProfile(profile: NonNullable<NativeOptions["profile"]>): string {
  const tell = (rate: string | number): string => `${formatNumber(readRate(rate))} tps`;
  if (!Array.isArray(profile)) {
    const { low, high, period } = profile.day;
    return `a day of ${period} from ${tell(low)} to ${tell(high)} and back`;
  }
  return profile
    .map((piece) =>
      "ramp" in piece
        ? `to ${tell(piece.to)} in ${piece.ramp}`
        : `${piece.for} at ${tell(piece.rate)}`,
    )
    .join(", ");
}

function readRate(rate: string | number): number {
  return typeof rate === "number" ? rate : parseRateTps(rate)!;
}
