import type { RunEvent } from "../../record/events.ts";

export type LaneRole = "primary" | "standby" | "down" | "fenced" | "unknown";

/** One instance over time: who it was when. */
export interface Lane {
  readonly on: string;
  readonly spans: readonly {
    readonly role: LaneRole;
    readonly startMs: number;
    readonly endMs: number;
  }[];
  /** What happened to it, in order of time. */
  readonly marks: readonly { readonly atMs: number; readonly text: string }[];
}

/** Events that are worth a mark on a lane; the others are the roles themselves. */
const MARKED = new Set(["failed", "promoted", "rejoined", "streaming"]);

/** The cluster's members over the whole run, by name; empty where nothing was told of a cluster. */
export function buildLanes(events: readonly RunEvent[]): Lane[] {
  const endMs = events.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  const told = events.flatMap((event) => (event.kind === "cluster" ? [event] : []));
  const names = [...new Set(told.flatMap(({ event, on }) => (event === "role" ? [on] : [])))];
  return names.sort().map((on): Lane => {
    const own = told.filter((event) => event.on === on);
    const roles = own.flatMap(({ role, atMs }) => (role === undefined ? [] : [{ role, atMs }]));
    return {
      on,
      spans: [
        { role: "unknown" as LaneRole, startMs: 0, endMs: roles[0]?.atMs ?? endMs },
        ...roles.map(({ role, atMs }, i) => ({
          role: role as LaneRole,
          startMs: atMs,
          endMs: roles[i + 1]?.atMs ?? endMs,
        })),
      ].filter((span) => span.endMs > span.startMs),
      marks: [
        ...own.flatMap(({ event, atMs }) => (MARKED.has(event) ? [{ atMs, text: event }] : [])),
        ...events.flatMap((event) =>
          event.kind === "fault" && event.on === on && event.phase === "applied"
            ? [{ atMs: event.atMs, text: event.fault }]
            : [],
        ),
      ].toSorted((a, b) => a.atMs - b.atMs),
    };
  });
}
