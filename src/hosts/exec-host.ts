/**
 * A host whose files come through programs that are run there, as `kubectl exec` or `ssh` runs them. It needs
 * `sh`, `head`, `ls`, `readlink`, `stat`, `tail`, `cat` and `date`, as GNU or BusyBox have them, and
 * starts few processes: many files come through one.
 */
import { randomBytes } from "node:crypto";
import type { HostFiles, SeenHost } from "../contracts/host.ts";
import type { FilePart } from "../lib/host-files.ts";
import { parseAuxiliaryVector } from "../lib/proc-system.ts";
import { joinCalls } from "./join-calls.ts";
import { readHostFacts } from "./read-host-facts.ts";
import {
  LIST,
  parseHead,
  parseLinks,
  parseLists,
  parseVolumes,
  RESOLVE,
  TAIL,
  VOLUMES,
} from "./exec-scripts.ts";

/**
 * Runs a program on the host. Gives up by itself where the host does not answer.
 *
 * @returns its standard output, whatever its exit status.
 * @throws where there was no answer.
 */
export type ExecOnHost = (argv: readonly string[]) => Promise<Uint8Array>;

/** Nothing that is read in one go is longer. */
const TEXT_BYTES_MAX = 1024 ** 2;
/** Of paths in one call: what passes on arguments has a limit. */
const ARGUMENT_CHARS_MAX = 16_000;

export function execHost(name: string, exec: ExecOnHost): SeenHost {
  const run = async (argv: readonly string[]) => Buffer.from(await exec(argv));
  const files = execFiles(run);
  return {
    name,
    isSeen: true,
    files,
    ownPid: null,
    constants: async () => parseAuxiliaryVector(await run(["cat", "/proc/self/auxv"])),
    facts: () => readHostFacts(files, async () => (await run(["date", "+%s.%N"])).toString()),
  };
}

const HEAD = ["head", "-v", "-c", String(TEXT_BYTES_MAX), "--"];

/**
 * Another way to write `/`, such as `/.//./`, that nobody can foresee: a text cannot hold the headings that
 * part the texts from one another.
 */
function unguessableRoot(): string {
  return [...randomBytes(4)]
    .flatMap((byte) => Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1 ? "/." : "/")))
    .join("");
}

type Run = (argv: readonly string[]) => Promise<Buffer>;

function execFiles(run: Run): HostFiles {
  /** Some paths at a time through one program. */
  const each = async <T>(
    paths: readonly string[],
    program: readonly string[],
    parse: (output: string, some: readonly string[]) => readonly T[],
  ): Promise<readonly T[]> => {
    const parts = await Promise.all(
      inChunks(paths).map(async (some) =>
        parse((await run([...program, ...some])).toString(), some),
      ),
    );
    return parts.flat();
  };
  const script = (text: string) => ["sh", "-c", text, "sh"];
  return {
    read: joinCalls((paths) => {
      const unguessable = unguessableRoot();
      return each(
        paths.map((path) => `${unguessable}${path}`),
        HEAD,
        parseHead,
      );
    }),
    list: (directories) => each(directories, script(LIST), parseLists),
    links: (paths) => each(paths, ["ls", "-ldn", "--"], parseLinks),
    resolve: (paths) =>
      each(paths, script(RESOLVE), (output) =>
        output
          .split("\0")
          .slice(0, -1)
          .map((path) => (path === "" ? null : path)),
      ),
    volumes: (paths) => each(paths, script(VOLUMES), parseVolumes),
    readFrom: async (path, fromByte) =>
      toPart(await run([...script(TAIL), path, String(fromByte)])),
  };
}

/** A line with the first byte's number, then bytes; nothing for a file that is not there. */
function toPart(output: Buffer): FilePart | null {
  const end = output.indexOf("\n");
  if (end < 0) return null;
  return { fromByte: Number(output.toString("latin1", 0, end)), bytes: output.subarray(end + 1) };
}

function inChunks(paths: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  let chars = Infinity;
  for (const path of paths) {
    if (chars + path.length > ARGUMENT_CHARS_MAX) {
      chunks.push([]);
      chars = 0;
    }
    chunks.at(-1)!.push(path);
    chars += path.length;
  }
  return chunks;
}
