/** What the scripts have to know; it does not change while the cluster runs. */
export interface ScriptFacts {
  readonly directory: string;
  /** Holds the knobs, and is read anew for each file and while one waits. */
  readonly knobsFile: string;
  readonly compression: "none" | "gzip";
  /** True where files are brought by `drainInParallel`, and PostgreSQL only waits for each. */
  readonly drainedAhead: boolean;
  /** How pgBackRest is called, where it does the work; `null` where files are plain. */
  readonly pgbackrest: { readonly program: string; readonly arguments: readonly string[] } | null;
}

/** The knobs as shell variables. */
export function formatKnobs({ bandwidthBytesPerS, latencyMs, failing, hanging }: ArchiveKnobs) {
  return [
    `BANDWIDTH=${Math.round(bandwidthBytesPerS ?? 0)}`,
    `LATENCY_MS=${Math.round(latencyMs)}`,
    `FAILING=${failing ? 1 : 0}`,
    `HANGING=${hanging ? 1 : 0}`,
    "",
  ].join("\n");
}

/**
 * `archive_command`: plain sh, since it is started for each file. A file is there whole and synced, or
 * not at all; one that is there already is right only if it is the same.
 *
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-ARCHIVING-WAL
 */
export function archiveScript(facts: ScriptFacts): string {
  const { directory, compression, drainedAhead, pgbackrest } = facts;
  if (pgbackrest !== null) {
    // Its pace is that of the command that PostgreSQL waits for; what it pushes ahead has its own.
    return `${preamble(facts)}
may_go_on
pace "$(wc -c < "$1")"
exec ${callOf(pgbackrest)} archive-push "$1"
`;
  }
  const target = `${quoteForShell(`${directory}/`)}"$2${compression === "gzip" ? ".gz" : ""}"`;
  if (drainedAhead) return `${preamble(facts)}${waitFor(target)}`;
  return `${preamble(facts)}
may_go_on
target=${target}
temporary=${quoteForShell(`${directory}/`)}".$2.$$"
if [ -e "$target" ]; then
  ${compression === "gzip" ? 'gzip -dc "$target" | cmp -s - "$1"' : 'cmp -s "$1" "$target"'} && exit 0
  echo "archive: $2 is there already, with other content" >&2
  exit 1
fi
trap 'rm -f "$temporary"' EXIT
${compression === "gzip" ? COMPRESS : COPY}
mv "$temporary" "$target" || exit 1
sync ${quoteForShell(directory)}
exit 0
`;
}

/**
 * `restore_command`: gives a file back, at the same pace. Whatever goes wrong means "not there".
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RESTORE-COMMAND
 */
export function restoreScript(facts: ScriptFacts): string {
  const { directory, compression, pgbackrest } = facts;
  if (pgbackrest !== null) {
    // Several servers may ask at once, and they must not share what is got ahead.
    return `${preamble(facts)}
may_go_on
exec ${callOf(pgbackrest)} --no-archive-async archive-get "$1" "$2"
`;
  }
  const source = `${quoteForShell(`${directory}/`)}"$1${compression === "gzip" ? ".gz" : ""}"`;
  return `${preamble(facts)}
may_go_on
source=${source}
bytes=0
[ -e "$source" ] && bytes=$(wc -c < "$source")
pace "$bytes"
[ -e "$source" ] || exit 1
${compression === "gzip" ? 'gzip -dc "$source" > "$2"' : 'cp "$source" "$2"'}
`;
}

/** PostgreSQL starts commands in its data directory: whichever server it is, that is the one. */
function callOf({ program, arguments: given }: NonNullable<ScriptFacts["pgbackrest"]>): string {
  return `${[program, ...given].map(quoteForShell).join(" ")} --pg1-path="$PWD"`;
}

/** The command that calls a script with PostgreSQL's placeholders. */
export function commandOf(script: string, placeholders: readonly string[]): string {
  return ["/bin/sh", quoteForShell(script), ...placeholders.map((one) => `"${one}"`)].join(" ");
}

/** Copying and a slow line take their time together; the slower of them counts. */
const COPY = `pace "$(wc -c < "$1")" &
dd if="$1" of="$temporary" bs=1048576 conv=fsync 2>/dev/null || cp "$1" "$temporary" || exit 1
wait`;
const COMPRESS = `gzip -1 -c "$1" > "$temporary" || exit 1
sync "$temporary"
pace "$(wc -c < "$temporary")"`;

/** A command that waits must not outlive the server that started it. */
function preamble({ knobsFile }: ScriptFacts): string {
  return `#!/bin/sh
# pgdyno's archive; the knobs are in ${knobsFile.replaceAll("\n", " ")}
# Who started this may have gone before it began: then process 1 has taken it over.
is_wanted() {
  [ "$PPID" -gt 1 ] && kill -0 "$PPID" 2>/dev/null
}
may_go_on() {
  while :; do
    . ${quoteForShell(knobsFile)}
    if [ "$FAILING" = 1 ]; then
      echo "archive: failing, as it was told to" >&2
      exit 1
    fi
    [ "$HANGING" = 1 ] || return 0
    is_wanted || exit 1
    sleep 0.1
  done
}
pace() {
  ms=$LATENCY_MS
  [ "$BANDWIDTH" -gt 0 ] && ms=$((ms + $1 * 1000 / BANDWIDTH))
  [ "$ms" -gt 0 ] && sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
  return 0
}
`;
}

function waitFor(target: string): string {
  return `
until [ -e ${target} ]; do
  may_go_on
  is_wanted || exit 1
  sleep 0.03
done
may_go_on
exit 0
`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
import type { ArchiveKnobs } from "../../../../contracts/archive.ts";
