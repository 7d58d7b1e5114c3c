import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { nodeProcesses } from "./node-processes.ts";

const processes = nodeProcesses();

test("gives output, status and the tail of standard error", async () => {
  const result = await processes.run("sh", ["-c", "echo out; echo err >&2; exit 3"]);
  expect(result).toMatchObject({ status: 3, signal: null, stdout: "out\n", stderrTail: "err\n" });
});

test("ends the whole group when the signal is aborted", async () => {
  const stop = new AbortController();
  const program = processes.spawn("sh", ["-c", "sleep 60 & echo $!; wait"], {
    signal: stop.signal,
  });
  let grandchild = 0;
  for await (const { text } of program.lines) {
    grandchild = Number(text);
    stop.abort();
  }
  expect((await program.exit).signal).toBe("SIGTERM");
  await vi.waitFor(() => expect(hasEnded(grandchild)).toBe(true));
});

test("rejects where the program is not there, and finds what is on PATH", async () => {
  await expect(processes.spawn("/nonexistent/program", []).exit).rejects.toThrow("ENOENT");
  expect(await processes.find("sh")).toMatch(/\/sh$/);
  expect(await processes.find("no-such-program")).toBeNull();
});

test("hands standard input over", async () => {
  expect((await processes.run("cat", [], { input: "hello\n" })).stdout).toBe("hello\n");
});

/** Gone, or a zombie that only waits for its parent to look. */
function hasEnded(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.startsWith("Z") ?? false;
  } catch {
    return true;
  }
}
