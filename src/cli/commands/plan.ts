import { defineCommand, FORMAT_OPTION } from "../command.ts";
import { GOAL_OPTIONS } from "../goals-given.ts";

export const plan = defineCommand({
  name: "plan",
  summary: "Print what an experiment would do, and touch nothing",
  details:
    "Trials in their order, data to load, time, disk and memory, with every default filled in.",
  args: {
    experiment: { required: true, help: "an experiment file, or the name of a built-in one" },
  },
  options: {
    seed: { value: "TEXT", help: "in place of the experiment's own seed" },
    ...GOAL_OPTIONS,
    format: FORMAT_OPTION,
  },
  examples: [
    { line: "pgdyno plan quickstart", does: "The plan of a built-in experiment." },
    { line: "pgdyno plan my.yaml --format json", does: "Every trial, for a program." },
  ],
  async run({ args, options }, io) {
    const { planExperiment } = await import("../plan-experiment.ts");
    const { experiment, plan } = await planExperiment(args.experiment, options);
    if (options.format === "json") {
      const { toJson } = await import("../../plan/to-json.ts");
      io.out(JSON.stringify({ experiment: toJson(experiment), plan }, null, 2));
    } else {
      const { renderPlan } = await import("../../plan/render-plan.ts");
      io.out(renderPlan(plan));
    }
    return 0;
  },
});
