/**
 * Quantities in an experiment file: text with a unit in, a number in base units out.
 *
 * Each says in its fault what it wants, with an example, and shows in the JSON Schema as text with a
 * pattern, so that an editor tells too.
 */
import { z } from "zod";
import {
  formatBytes,
  formatDurationMs,
  parseBytes,
  parseBytesPerSecond,
  parseDurationMs,
  parseRateTps,
  parseShare,
} from "../lib/units.ts";

interface Quantity {
  /** Completes "must be …". */
  readonly wanted: string;
  /** `null` where the text is no such quantity. */
  readonly parse: (text: string) => number | null;
  readonly pattern: string;
  readonly example: string;
  /** True where a bare number has a meaning. */
  readonly bareNumber: boolean;
  readonly min: number;
  readonly max: number;
  /** Shows the limits. */
  readonly format: (value: number) => string;
}

/** A text such as `60s`, given as milliseconds. */
export function duration({ minMs = 0, maxMs = 30 * 86_400_000, example = "60s" } = {}) {
  return quantity({
    wanted: `a duration with its unit (us, ms, s, min, h, d), such as \`${example}\``,
    parse: parseDurationMs,
    example,
    pattern: String.raw`^\s*\d+(\.\d+)?\s*(us|ms|s|min|h|d)\s*$`,
    bareNumber: false,
    min: minMs,
    max: maxMs,
    format: formatDurationMs,
  });
}

/** `2000tps` or a bare number, given as transactions per second. */
export function rate() {
  return quantity({
    wanted: "transactions per second, such as `2000tps`",
    parse: parseRateTps,
    example: "2000tps",
    pattern: String.raw`^\s*\d+(\.\d+)?\s*(tps)?\s*$`,
    bareNumber: true,
    min: 0.001,
    max: 100_000_000,
    format: (value) => `${value} tps`,
  });
}

/** `70%`, given as the ratio 0.7; above 0 and at most 1, unless more than all makes sense. */
export function share({ max = 1, example = "70%" } = {}) {
  return quantity({
    wanted: `a share such as \`${example}\``,
    parse: parseShare,
    example,
    pattern: String.raw`^\s*\d+(\.\d+)?\s*%\s*$`,
    bareNumber: false,
    min: 0.001,
    max,
    format: (value) => `${value * 100}%`,
  });
}

/** `160MB`, given as bytes. */
export function bytes({ min = 1, example = "160MB" } = {}) {
  return quantity({
    wanted: `a size such as \`${example}\``,
    parse: parseBytes,
    example,
    pattern: String.raw`^\s*\d+(\.\d+)?\s*[kMGT]?B\s*$`,
    bareNumber: false,
    min,
    max: Number.MAX_SAFE_INTEGER,
    format: formatBytes,
  });
}

/** `20MB/s`, given as bytes per second. */
export function bytesPerSecond() {
  return quantity({
    wanted: "an amount per second such as `20MB/s`",
    parse: parseBytesPerSecond,
    example: "20MB/s",
    pattern: String.raw`^\s*\d+(\.\d+)?\s*[kMGT]?B/s\s*$`,
    bareNumber: false,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    format: (value) => `${formatBytes(value)}/s`,
  });
}

/** `0 transactions`, `5 transactions` or a bare number, given as a count. */
export function transactionCount() {
  return quantity({
    wanted: "a number of transactions, such as `0 transactions`",
    example: "0 transactions",
    parse: (text) => {
      const match = /^\s*(\d+)\s*(?:transactions?)?\s*$/.exec(text);
      return match === null ? null : Number(match[1]);
    },
    pattern: String.raw`^\s*\d+\s*(transactions?)?\s*$`,
    bareNumber: true,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    format: (value) => `${value} transactions`,
  });
}

function quantity(q: Quantity) {
  return z
    .unknown()
    .transform((found, context): number => {
      const value = toNumber(found, q);
      if (value !== null && value >= q.min && value <= q.max) return value;
      context.addIssue({ code: "custom", message: `must be ${q.wanted}${tellLimit(value, q)}` });
      return z.NEVER;
    })
    .meta({
      // Not `examples`: the schema library drops those of a schema that transforms.
      "x-example": q.example,
      ...(q.bareNumber
        ? {
            anyOf: [
              { type: "string", pattern: q.pattern },
              { type: "number", minimum: 0 },
            ],
          }
        : { type: "string", pattern: q.pattern }),
    });
}

function toNumber(found: unknown, { parse, bareNumber }: Quantity): number | null {
  if (typeof found === "string") return parse(found);
  return bareNumber && typeof found === "number" && Number.isFinite(found) ? found : null;
}

function tellLimit(value: number | null, { min, max, format }: Quantity): string {
  if (value === null) return "";
  return value < min ? `, at least ${format(min)}` : `, at most ${format(max)}`;
}
