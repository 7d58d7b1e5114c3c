import { OWN_HOST, type UnseenHost } from "../contracts/host.ts";

/** The host of a server that only offers SQL. */
export function unseenHost(instance: string): UnseenHost {
  return {
    name: `host of ${instance}`,
    isSeen: false,
    because: `${instance} runs on another machine, or in another container, and offers only SQL.`,
  };
}

/** What a server that is only computed is said to run on: there is nothing to be read. */
export function simulatedHost(): UnseenHost {
  return { name: OWN_HOST, isSeen: false, because: "The servers are simulated." };
}
