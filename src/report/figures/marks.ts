import type { ReportModel } from "../model.ts";
import type { FigureTheme } from "./theme.ts";

/** The measured window of every trial as a band; an invalid one in another colour. */
export function markBands(model: ReportModel, theme: FigureTheme) {
  return {
    silent: true,
    label: { show: false },
    itemStyle: { color: theme.band },
    data: model.trials.flatMap(({ window, validity, planned }) =>
      window === null
        ? []
        : [
            [
              {
                name: planned.id,
                xAxis: window.startMs,
                itemStyle: {
                  color: validity.is === "invalid" ? theme.bandInvalid : theme.band,
                },
              },
              { xAxis: window.endMs },
            ],
          ],
    ),
  };
}

/**
 * Checkpoints as faint lines; restarts, faults and errors as strong ones with their name. In a cluster
 * the first panel has the names, and the lines below it say only when.
 */
export function markEvents(model: ReportModel, theme: FigureTheme) {
  const isNamedAbove = model.topology.length > 1;
  return {
    silent: true,
    symbol: "none",
    animation: false,
    data: listMarks(model).map(({ atMs, text, strong }) => ({
      xAxis: atMs,
      lineStyle: {
        color: strong ? theme.bad : theme.muted,
        width: 1,
        type: strong ? ("solid" as const) : ([2, 3] as number[]),
        opacity: strong ? 0.9 : 0.45,
      },
      label: {
        show: strong && !isNamedAbove,
        formatter: text,
        color: theme.bad,
        fontSize: 10,
        position: "insideEndTop" as const,
      },
    })),
  };
}

export interface EventMark {
  readonly atMs: number;
  readonly text: string;
  readonly strong: boolean;
}

/** Events worth a line in a picture. The role in which a server is first seen is no event. */
export function listMarks({ events }: Pick<ReportModel, "events">): EventMark[] {
  const seen = new Set<string>();
  return events.flatMap((event): EventMark[] => {
    switch (event.kind) {
      case "checkpoint":
        return event.phase === "started"
          ? [{ atMs: event.atMs, text: "checkpoint", strong: false }]
          : [];
      case "server-restarted":
        return [{ atMs: event.atMs, text: `${event.on} restarted`, strong: true }];
      case "fault":
        return event.phase === "applied" || event.phase === "healed"
          ? [{ atMs: event.atMs, text: `${event.fault} ${event.phase}`, strong: true }]
          : [];
      case "role":
        if (!seen.has(event.on)) {
          seen.add(event.on);
          return [];
        }
        return [{ atMs: event.atMs, text: `${event.on}: ${event.role}`, strong: true }];
      case "load-error":
        return [{ atMs: event.atMs, text: event.error.sqlState ?? "error", strong: true }];
      case "cluster": // Its promotions come as `role` too.
      case "ceiling":
      case "health":
      case "replication":
      case "reads":
      case "orphaned-wal":
      case "recovery":
      case "run-started":
      case "step":
      case "trial-started":
      case "window":
      case "trial-ended":
      case "trial-failed":
      case "dry-pass":
      case "note":
      case "error":
      case "run-ended":
        return [];
    }
  });
}
