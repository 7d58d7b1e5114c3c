import { SyntaxFault } from "./fault.ts";

/** How long `\sleep` sleeps: `amount` is a number, or the name of a variable. */
export interface SleepTime {
  readonly amount: number | { readonly variable: string; readonly at: number };
  readonly unitMs: number;
}

interface Word {
  readonly text: string;
  readonly at: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** Reads the arguments of `\sleep`: a whole number or a variable, and us, ms or s (default). */
export function parseSleep(command: Word, [amount, unit, more]: readonly Word[]): SleepTime {
  if (amount === undefined) throw new SyntaxFault(command.at, "`\\sleep` wants a time");
  if (more !== undefined) throw new SyntaxFault(more.at, "`\\sleep` takes a time and a unit only");
  if (amount.text.startsWith(":")) {
    const variable = { variable: amount.text.slice(1), at: amount.at };
    return { amount: variable, unitMs: readUnit(unit) };
  }
  const match = /^([-+]?\d+)(.*)$/.exec(amount.text);
  const glued = match?.[2] ?? "";
  if (match === null || (glued !== "" && unit !== undefined)) {
    throw new SyntaxFault(amount.at, `a sleep time must be a whole number, not \`${amount.text}\``);
  }
  const at = amount.at + amount.text.length - glued.length;
  return { amount: Number(match[1]), unitMs: readUnit(glued === "" ? unit : { text: glued, at }) };
}

function readUnit(unit: Word | undefined): number {
  if (unit === undefined) return 1000;
  const ms = UNIT_MS[unit.text.toLowerCase()];
  if (ms === undefined) {
    throw new SyntaxFault(unit.at, `a time unit is us, ms or s, not \`${unit.text}\``);
  }
  return ms;
}
