import { expect, test } from "vitest";
import { withSmallVolume } from "../../support/small-volume.ts";
import { runCeilings } from "./run-ceilings.ts";

const MB = 1024 ** 2;

test("an archive at 8 MB/s: its ceiling is found, and the backlog and the full volume come as forecast", async (context) => {
  await withSmallVolume(context, 320, async (directory) => {
    const { ceilings, report } = await runCeilings(
      `archive: { bandwidth: 8MB/s }\nwalDirectory: ${directory}`,
      `of: [archive]
       workload: { native: { scale: 2, builtin: simple-update } }
       clients: 2
       duration: 6s
       pile: 64MB
       drain: 20s
       rate: 24MB/s`,
    );
    const exact = ceilings.ceilings.find(({ by, of }) => by === "wal" && of === "archive")!;
    // What starting the command takes for each file comes on top of the line's 8 MB/s.
    expect(exact.bytesPerS! / MB).toBeLessThan(8.1);
    expect(exact.bytesPerS! / MB).toBeGreaterThan(5);
    expect(exact.segmentsPerS! * 16).toBeCloseTo(exact.bytesPerS! / MB, 5);

    const forecast = ceilings.forecast!;
    expect(forecast.walBytesPerS).toBeGreaterThan(1.2 * forecast.archiveBytesPerS);
    expect(Math.abs(forecast.errorShare)).toBeLessThan(0.2);
    const { room } = forecast;
    expect(room!.goneBytes).toBeGreaterThan(64 * MB);
    expect(Math.abs(room!.tookMs / room!.predictedMs - 1)).toBeLessThan(0.25);
    expect(ceilings.pipeline.at(-1)!.station).toBe("archive");
    expect(ceilings.sustainable!.sentence).toContain("archive");
    expect(ceilings.pipeline.at(-1)!.ceilingTps).toBeGreaterThan(0);
    const phases = report.events.flatMap((event) => (event.kind === "fault" ? [event.phase] : []));
    expect(phases.filter((phase) => phase === "healed")).toHaveLength(
      phases.filter((phase) => phase === "applied").length,
    );
  });
});

test("replay on a standby with a twentieth of a core is found and named", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root limits a server's CPU");
  const { ceilings } = await runCeilings(
    "instances: 3",
    `of: [replay]
     workload: { native: { scale: 2, builtin: simple-update } }
     clients: 4
     duration: 2s
     pile: 16MB
     drain: 10s
     under: { limit-cpu: { cores: 0.05 } }`,
  );
  const on = (name: string) =>
    ceilings.ceilings.find((one) => one.on === name && one.by === "workload")!;
  expect(on("pg2").under).toBe("limit-cpu");
  expect(on("pg3").under).toBeNull();
  expect(on("pg2").bytesPerS!).toBeLessThan(on("pg3").bytesPerS! / 2);
  expect(on("pg2").tps!).toBeLessThan(on("pg3").tps! / 2);
  const replays = ceilings.pipeline.filter(({ station }) => station.startsWith("replay"));
  expect(replays.map(({ station }) => station)).toEqual([
    "replay on pg2 (limit-cpu)",
    "replay on pg3",
  ]);
  expect(ceilings.sustainable!.sentence).toContain("replay on pg2 (limit-cpu)");
});
