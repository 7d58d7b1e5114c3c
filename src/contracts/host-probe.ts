import type { SystemConstants } from "../lib/proc-system.ts";
import type { SeenHost } from "./host.ts";
import type { Instance } from "./instance.ts";
import type { Probe, ProbeContext, ProbeSample, ProbeSession } from "./probe.ts";

/** What a host probe is handed to find its way in. */
export interface HostProbeContext extends Pick<ProbeContext, "missing"> {
  readonly host: SeenHost;
  /** One of those that run there; `null` where none does. */
  readonly instance: Instance | null;
}

/** A probe of a host, but for what is the same for all of them. */
export interface HostProbeDefinition extends Omit<Probe, "scope" | "everyMs" | "keyed" | "open"> {
  readonly scope?: "host" | "observer";
  readonly everyMs?: number;
  readonly keyed?: boolean;
  open(context: HostProbeContext): Promise<ProbeSession | null>;
}

/** A probe that reads a host, wherever it is: through its files alone. */
export function defineHostProbe(definition: HostProbeDefinition): Probe {
  const { scope = "host", everyMs = 1000, keyed = false, open, ...facts } = definition;
  return {
    ...facts,
    scope,
    everyMs,
    keyed,
    open({ host, instance, missing }) {
      if (host.isSeen) return open({ host, instance, missing });
      missing(host.because);
      return Promise.resolve(null);
    },
  };
}

/** A probe that is one look at some files. */
export interface HostFileProbeDefinition extends Omit<HostProbeDefinition, "scope" | "open"> {
  /** Read together; without the first one there is nothing to read. */
  readonly paths: readonly [string, ...string[]];
  /** What `missing` says where the first one is not there. */
  readonly otherwise?: string;
  /**
   * Reads their texts, `null` for one that is not there.
   * @returns `null` where they hold nothing that can be read.
   */
  parse(texts: readonly (string | null)[], constants: SystemConstants): ProbeSample | null;
}

/** A probe that parses the same files again and again. */
export function defineHostFileProbe(definition: HostFileProbeDefinition): Probe {
  const { paths, parse, ...facts } = definition;
  const [first] = paths;
  const { otherwise = `${first} is not there: this host does not have it.` } = definition;
  return defineHostProbe({
    ...facts,
    async open({ host, missing }) {
      const constants = await host.constants();
      const look = async () => {
        const texts = await host.files.read(paths);
        return (texts[0] ?? null) === null ? null : parse(texts, constants);
      };
      if ((await look()) === null) {
        missing(otherwise);
        return null;
      }
      return {
        async read() {
          const sample = await look();
          if (sample === null) throw new Error(`${first} cannot be read any more.`);
          return sample;
        },
      };
    },
  });
}
