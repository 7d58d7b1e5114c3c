import { withConnection } from "../../../lib/pg-connection.ts";
import type { Drilled, DrillScene } from "./drill-scene.ts";
import { loadWal, readLsnBytes } from "./load-wal.ts";

/** A checkpoint, WAL since then, and every process killed. */
export async function drillCrash(scene: DrillScene): Promise<Drilled> {
  const { trial, workload, admin, target, context, signal } = scene;
  const control = target.can.crash!;
  const release = await control.holdCheckpoints(signal);
  try {
    await target.checkpoint(signal);
    const options = { applicationName: "pgdyno-recovery", timeoutMs: 30_000, signal };
    const fromLsnBytes = await withConnection(admin(), options, readLsnBytes);
    const { bytes } = trial.recovery;
    const outcome = await loadWal(trial, workload, scene, {
      endpoint: admin(),
      fromLsnBytes,
      bytes,
    });
    context.say("killed; waits for the first write");
    const crash = await control.crash(signal);
    const { killedAtMs, goneAtMs, writableAtMs } = crash;
    const { walBytes, beforeRedoMs, redoMs, checkpointMs } = crash;
    return {
      startMs: killedAtMs,
      endMs: writableAtMs,
      outcome,
      recovery: {
        is: "crash",
        walBytes,
        totalMs: writableAtMs - killedAtMs,
        goneMs: goneAtMs - killedAtMs,
        beforeRedoMs,
        redoMs,
        checkpointMs,
      },
    };
  } finally {
    await release();
  }
}
