/**
 * Says what is wrong with a meta-command in the words of the mistake behind it: a comment or a
 * semicolon behind it, a command of psql's, one of an older pgbench's.
 */
import { findNearMiss } from "../near-miss.ts";
import { SyntaxFault } from "./fault.ts";

interface Word {
  readonly text: string;
  readonly at: number;
}

const META_COMMANDS = [
  ..."set if elif else endif sleep gset aset".split(" "),
  ..."startpipeline syncpipeline endpipeline setshell shell".split(" "),
];

/** psql's commands that people leave in a script, and what stands in for them. `null`: nothing does. */
const OF_PSQL: Readonly<Record<string, string | null>> = {
  "!": "`\\shell` runs a program, where `allowShell: true` permits it",
  c: "the experiment's target says where to connect",
  connect: "the experiment's target says where to connect",
  copy: "use `COPY … FROM` with a file of the server's, or `INSERT`",
  echo: null,
  g: "end the statement with `;`",
  gexec: null,
  gx: "end the statement with `;`",
  i: "write the other file's text here, or list it under `scripts`",
  include: "write the other file's text here, or list it under `scripts`",
  ir: "write the other file's text here, or list it under `scripts`",
  include_relative: "write the other file's text here, or list it under `scripts`",
  o: null,
  prompt: "define the variable under `variables`",
  pset: null,
  q: "a script ends at its end",
  quit: "a script ends at its end",
  timing: "pgdyno measures every statement",
  unset: null,
  watch: "a load runs its scripts again and again",
  x: null,
};

/** Where and why, for a fault in the meta-command `text[from, end)`, whose name begins at `from`. */
export function explainMetaFault(
  text: string,
  from: number,
  end: number,
  fault: SyntaxFault,
): SyntaxFault {
  const command = text.slice(from, end);
  const comment = command.search(/(?<=[\s;])(?:--|\/\*)/);
  if (comment !== -1 && from + comment <= fault.offset) {
    const message = "a comment cannot stand behind a meta-command: give it a line of its own";
    return new SyntaxFault(from + comment, message);
  }
  const semicolon = /;\s*$/.exec(command);
  if (semicolon !== null && from + semicolon.index >= fault.offset - 1) {
    const message = "a meta-command ends with its line: leave out the `;`";
    return new SyntaxFault(from + semicolon.index, message);
  }
  if (fault.offset < from) return fault;
  const because = explainCharacter(text.slice(fault.offset, fault.offset + 2));
  return because === null ? fault : new SyntaxFault(fault.offset, because);
}

function explainCharacter(found: string): string | null {
  if (/^\\\S/.test(found)) return "each meta-command needs a line of its own";
  if (found.startsWith("'") || found.startsWith('"')) {
    return "an expression has no text, only numbers, booleans and NULL: define a text under `variables`, or take it from the server with `\\gset`";
  }
  if (found.startsWith(":=") || /^=[^=]?$/.test(found)) {
    return "the value follows the name at once, as in `\\set x 1`: leave out the `=`";
  }
  return null;
}

/** What to say of a meta-command that there is not. */
export function explainUnknownCommand(name: string, args: readonly Word[]): string {
  const lower = name.toLowerCase().replace(/;$/, "");
  if (lower === "setrandom") {
    return `\`\\setrandom\` was removed in PostgreSQL 9.6: write \`${rewriteSetrandom(args)}\``;
  }
  if (Object.hasOwn(OF_PSQL, lower)) {
    const instead = OF_PSQL[lower];
    return `\`\\${name}\` is a command of psql's, which pgbench's language does not have: ${instead ?? "leave it out"}`;
  }
  const near = findNearMiss(lower, META_COMMANDS);
  if (near !== null) return `there is no meta-command \`\\${name}\`; is \`\\${near}\` meant?`;
  return `there is no meta-command \`\\${name}\`; there are ${META_COMMANDS.slice(0, -1).join(", ")} and shell`;
}

/** `\setrandom aid 1 :n gaussian 2.5` in today's words. */
function rewriteSetrandom(args: readonly Word[]): string {
  const [name, min, max, how, parameter] = args.map(({ text }) => text);
  const range = `${min ?? "1"}, ${max ?? "100"}`;
  const set = `\\set ${name ?? "x"}`;
  if (how === "gaussian" || how === "exponential") {
    return `${set} random_${how}(${range}, ${parameter ?? "2.5"})`;
  }
  return `${set} random(${range})`;
}
