import type { Clock } from "../lib/clock.ts";
import { offsetOf, type ClockOffset, type RoundTrip } from "./clock-offset.ts";
import type { Member } from "./crew.ts";

/** The quickest of so many is taken: a busy machine delays some. */
const ROUND_TRIPS = 10;

/** Asks a worker for its clock. @throws {Error} where it is lost meanwhile */
export async function measureOffset({ channel, lost }: Member, clock: Clock): Promise<ClockOffset> {
  const trips: RoundTrip[] = [];
  const gone = lost.then((because) => {
    throw new Error(because);
  });
  gone.catch(() => undefined); // Seen below while somebody waits.
  for (let i = 0; i < ROUND_TRIPS; i += 1) {
    const answer = new Promise<RoundTrip>((resolve) => {
      channel.listen((message) => {
        if (message.is !== "pong") return;
        const { askedMs, workerMs } = message;
        resolve({ askedMs, answeredMs: clock.now(), otherMs: workerMs });
      });
    });
    void channel.send({ is: "ping", askedMs: clock.now() });
    trips.push(await Promise.race([answer, gone]));
  }
  return offsetOf(trips);
}
