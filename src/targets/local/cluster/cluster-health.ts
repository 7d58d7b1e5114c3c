import type { ClusterHealth } from "../../../contracts/cluster.ts";
import type { ControllerScene } from "./controller.ts";
import { confirmationsOf } from "./synchronous-set.ts";

const ASK_MS = 2000;

/** Whether every member is in its part, streams, and enough standbys confirm commits. */
export async function lookAtHealth(
  { plan, store, managers }: ControllerScene,
  signal: AbortSignal,
): Promise<ClusterHealth> {
  signal.throwIfAborted();
  const not = (because: string): ClusterHealth => ({ healthy: false, because });
  const { primary, asked } = store.current();
  const manager = primary === null ? undefined : managers.get(primary);
  if (manager?.role() !== "primary") return not("There is no primary.");
  for (const { site, role } of managers.values()) {
    if (site.name !== primary && role() !== "standby") return not(`${site.name} is ${role()}.`);
  }
  const rows = await manager.session.standbys(ASK_MS).catch(() => null);
  if (rows === null) return not(`${primary} does not answer.`);
  const standbys = plan.members.filter(({ name }) => name !== primary);
  const missing = standbys.filter(
    ({ name }) => !rows.some((row) => row.name === name && row.state === "streaming"),
  );
  if (missing.length > 0)
    return not(`${missing.map(({ name }) => name).join(", ")} do not stream.`);
  const confirming = rows.filter(({ sync }) => sync === "sync" || sync === "quorum").length;
  const number = confirmationsOf(asked);
  if (confirming < number) return not(`${confirming} of ${number} synchronous standbys are there.`);
  return {
    healthy: true,
    because: `${primary} takes writes, ${standbys.length} standbys stream, ${confirming} are synchronous.`,
  };
}
