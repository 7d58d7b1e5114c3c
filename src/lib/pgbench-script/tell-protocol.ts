import { findObstacleOrNull, type ScriptSource } from "./check-scripts.ts";
import type { Protocol } from "./protocol.ts";

/** Says which protocol the user's own scripts are sent with where the experiment does not, and why. */
export function tellProtocol(
  options: { readonly protocol?: Protocol | undefined; readonly scripts?: unknown },
  scripts: readonly ScriptSource[],
): string[] {
  if (options.protocol !== undefined || options.scripts === undefined) return [];
  const names = scripts.map(({ name }) => name).join(", ");
  const sent = `${names}: sent with protocol \`simple\`, pgbench's default. If the application uses prepared statements, write \`protocol: prepared\``;
  const obstacle = findObstacleOrNull(scripts);
  if (obstacle === null) return [`${sent}.`];
  const { script, line, column, message } = obstacle;
  return [
    `${sent}; that needs changes in the script first (${script}:${line}:${column}: ${message}).`,
  ];
}
