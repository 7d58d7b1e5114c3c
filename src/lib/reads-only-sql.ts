/** Statements that change neither data nor the server, where they call no function that does. */
const READS =
  /^(select|table|values|with|show|begin|start|commit|end|rollback|abort|savepoint|release|set|reset|discard|declare|fetch|move|close|prepare|execute|deallocate|explain)\b/;
/** What makes a read a write, or needs a server that takes writes. */
const WRITES =
  /\b(insert|update|delete|merge|into|truncate|create|drop|alter|grant|lock|copy|call|do|refresh|nextval|setval|lo_\w+|pg_logical_emit_message|for\s+(no\s+key\s+update|update|share|key\s+share))\b/;

/** Literals, quoted names and comments: what is in them is no statement. */
const LITERAL =
  /\be'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[a-z_0-9]*\$)[^]*?\1|--[^\n]*|\/\*[^]*?\*\//gi;
/** A line with a command of pgbench's own; `\gset` and `\aset` end a statement in its line. */
const META_LINE = /^[ \t]*\\.*(?:\\\n.*)*$/gm;
const META_END = /\\[ga]set\b[^\n]*/g;

/**
 * True where a script in pgbench's language only reads, as far as its text tells: every statement begins like
 * one that reads, and no word in it writes. What a function does that it calls is not seen: a server that
 * takes no writes has the last word, and so has the WAL that is really generated. In doubt it is `false`.
 */
export function readsOnly(script: string): boolean {
  const plain = script
    .replaceAll(LITERAL, (text) => (/^(--|\/\*)/.test(text) ? " " : " '' "))
    .replaceAll(META_LINE, "")
    .replaceAll(META_END, ";")
    .toLowerCase();
  const statements = plain
    .split(/\\?;/)
    .map((statement) => statement.trim().replace(/^\(+\s*/, ""));
  return statements.every(
    (statement) => statement === "" || (READS.test(statement) && !WRITES.test(statement)),
  );
}
