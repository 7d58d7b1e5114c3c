import { defineCommand } from "../command.ts";

export const completion = defineCommand({
  name: "completion",
  summary: "Print completions for a shell",
  args: { shell: { required: true, choices: ["bash", "zsh", "fish"], help: "bash, zsh or fish" } },
  options: {},
  examples: [
    { line: 'eval "$(pgdyno completion bash)"', does: "For this shell; put it into ~/.bashrc." },
    { line: 'eval "$(pgdyno completion zsh)"', does: "For this shell; put it into ~/.zshrc." },
    {
      line: "pgdyno completion fish > ~/.config/fish/completions/pgdyno.fish",
      does: "For every fish from now on.",
    },
  ],
  async run({ args, commands }, io) {
    const { renderCompletion } = await import("../render-completion.ts");
    const { listBuiltIns } = await import("../find-experiment.ts");
    io.out(renderCompletion(args.shell, commands, await listBuiltIns()));
    return 0;
  },
});
