import { spawn } from "node:child_process";
import type { SeenHost } from "../../../src/contracts/host.ts";
import { execHost, type ExecOnHost } from "../../../src/hosts/exec-host.ts";
import { localHost } from "../../../src/hosts/local-host.ts";

/** A host for the suite, and how to run a program there. */
export interface Stand {
  readonly title: string;
  readonly host: SeenHost;
  /** Programs that were run so far to read it. */
  roundTrips(): number;
}

/** Every way to a host that there is, on the machine that the tests run on. */
export function stands(): readonly Stand[] {
  return [
    { title: "this machine", host: localHost(), roundTrips: () => 0 },
    standOf("elsewhere", []),
  ];
}

/** A host whose programs are run by `command`, as `kubectl exec` and `ssh` run them. */
export function standOf(name: string, command: readonly string[]): Stand {
  let calls = 0;
  const exec: ExecOnHost = (argv) => {
    calls += 1;
    return outputOf([...command, ...argv]);
  };
  const title = `${name}, behind programs that are run there`;
  return { title, host: execHost(name, exec), roundTrips: () => calls };
}

async function outputOf([file, ...args]: readonly string[]): Promise<Uint8Array> {
  const child = spawn(file!, args, { stdio: ["ignore", "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return Buffer.concat(chunks);
}
