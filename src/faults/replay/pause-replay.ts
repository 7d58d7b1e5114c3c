import { z } from "zod";
import { defineFault } from "../../contracts/define-fault.ts";

/**
 * WAL is received and confirmed as flushed, and not replayed: `remote_apply` commits wait, and
 * readers see ever older data.
 */
export const pauseReplay = defineFault({
  id: "pause-replay",
  summary: "Pauses the replay of WAL on a standby (`pg_wal_replay_pause`).",
  options: z.strictObject({}),
  victim: "standby",
  endsPrimary: false,
  needs: ["replay"],
  breakIt: ({ replay }, { on }, breaking) => replay.pause(on, breaking),
});
