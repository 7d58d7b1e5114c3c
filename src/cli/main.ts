/** The program: the only file that ends the process. */
import { processIo } from "./io.ts";
import { runCli } from "./run-cli.ts";
import { tellError } from "./tell-error.ts";

const io = processIo(process);
const argv = process.argv.slice(2);

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader (`| head`) has seen enough: nothing went wrong, and nobody listens any more.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    process.exit(tellError(error, { io, asJson: false }));
  });
}

const status = await runCli(argv, io);
await Promise.all([flush(process.stdout), flush(process.stderr)]);
process.exit(status);

/** What was written to a pipe may still be on its way. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
