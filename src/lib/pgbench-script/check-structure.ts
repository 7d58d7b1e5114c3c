import type { Report } from "./fault.ts";
import type { Command } from "./parse-script.ts";

/** Finds `\if` chains and pipelines that do not fit together. */
export function checkStructure(commands: readonly Command[], end: number, report: Report): void {
  checkConditions(commands, end, report);
  checkPipelines(commands, end, report);
}

function checkConditions(commands: readonly Command[], end: number, report: Report): void {
  const open: { at: number; hasElse: boolean }[] = [];
  for (const { is, at } of commands) {
    const top = open.at(-1);
    if (is === "if") open.push({ at, hasElse: false });
    else if (is === "elif" || is === "else") {
      if (top === undefined) report(at, `\`\\${is}\` without \`\\if\` before it`);
      else if (top.hasElse) report(at, `\`\\${is}\` after \`\\else\``);
      else if (is === "else") top.hasElse = true;
    } else if (is === "endif" && open.pop() === undefined) {
      report(at, "`\\endif` without `\\if` before it");
    }
  }
  for (const { at } of open) report(Math.min(at, end), "`\\if` without `\\endif` after it");
}

/** Pipelines are checked as the script is written; branches that open or close one are not followed. */
function checkPipelines(commands: readonly Command[], end: number, report: Report): void {
  if (commands.some(({ is }) => is === "if")) return;
  let openAt: number | null = null;
  for (const command of commands) {
    const { is, at } = command;
    if (is === "startpipeline") {
      if (openAt !== null) report(at, "`\\startpipeline` inside a pipeline");
      openAt = at;
    } else if (is === "syncpipeline" || is === "endpipeline") {
      if (openAt === null) report(at, `\`\\${is}\` outside a pipeline`);
      if (is === "endpipeline") openAt = null;
    } else if (is === "sql" && command.capture !== null && openAt !== null) {
      report(at, "`\\gset` and `\\aset` cannot be used inside a pipeline");
    }
  }
  if (openAt !== null) report(Math.min(openAt, end), "`\\startpipeline` without `\\endpipeline`");
}
