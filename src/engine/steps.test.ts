import { expect, test } from "vitest";
import type { Step } from "../contracts/step.ts";
import { withSteps } from "./steps.ts";

function scene() {
  const log: string[] = [];
  const step = (title: string, trouble?: "up fails" | "down fails" | "down hangs"): Step => ({
    title,
    up: async () => {
      log.push(`+${title}`);
      if (trouble === "up fails") throw new Error(`${title} up`);
    },
    down: async () => {
      log.push(`-${title}`);
      if (trouble === "down fails") throw new Error(`${title} down`);
      if (trouble === "down hangs") await new Promise(() => undefined);
    },
  });
  return { log, step, options: { signal: new AbortController().signal, downBudgetMs: 20 } };
}

test("takes down in reverse what went up, and gives the body's answer", async () => {
  const { log, step, options } = scene();
  expect(await withSteps([step("disk"), step("server")], async () => 42, options)).toBe(42);
  expect(log).toEqual(["+disk", "+server", "-server", "-disk"]);
});

test("takes a half-done step down too, and none that never began", async () => {
  const { log, step, options } = scene();
  const steps = [step("disk"), step("server", "up fails"), step("load")];
  await expect(withSteps(steps, async () => undefined, options)).rejects.toThrow("server up");
  expect(log).toEqual(["+disk", "+server", "-server", "-disk"]);
});

test("a step that hangs does not keep the others up", async () => {
  const { log, step, options } = scene();
  const run = withSteps([step("disk"), step("server", "down hangs")], async () => {}, options);
  await expect(run).rejects.toThrow(
    "1 of 2 things that the run set up could not be taken down: server (took more than 20 ms).",
  );
  expect(log.at(-1)).toBe("-disk");
});

test("names what is left beside the first error, and hides neither", async () => {
  const { step, options } = scene();
  const body = () => Promise.reject(new Error("load"));
  const error = await withSteps([step("disk", "down fails")], body, options).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as AggregateError).errors.map(String)).toMatchInlineSnapshot(`
    [
      "Error: load",
      "DynoError: 1 of 1 things that the run set up could not be taken down: disk (disk down).",
    ]
  `);
});

test("starts nothing more once it is asked to stop, and still comes down", async () => {
  const { log, step, options } = scene();
  const stop = new AbortController();
  const halting: Step = { ...step("disk"), up: async () => stop.abort(new Error("Ctrl-C")) };
  const run = withSteps([halting, step("server")], async () => undefined, {
    ...options,
    signal: stop.signal,
  });
  await expect(run).rejects.toThrow("Ctrl-C");
  expect(log).toEqual(["-disk"]);
});
