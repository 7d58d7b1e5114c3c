import type { Probe } from "../contracts/probe.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { parseProtocolCounters } from "../lib/proc-net.ts";

const PATHS = ["/proc/net/snmp", "/proc/net/netstat"];
const FIELDS = {
  sentSegments: ["Tcp.OutSegs", "counter", "Segments sent, those sent again left out."],
  receivedSegments: ["Tcp.InSegs", "counter", "Segments received."],
  retransmittedSegments: ["Tcp.RetransSegs", "counter", "Segments sent again."],
  opened: ["Tcp.ActiveOpens", "counter", "Connections begun from here."],
  accepted: ["Tcp.PassiveOpens", "counter", "Connections begun to here."],
  established: ["Tcp.CurrEstab", "gauge", "Connections open at this instant."],
  listenOverflows: [
    "TcpExt.ListenOverflows",
    "counter",
    "Connections refused: the queue was full.",
  ],
} as const;

/** TCP of this machine, over all interfaces and both ends of loopback connections. */
export const hostTcp: Probe = {
  id: "host-tcp",
  summary: "TCP segments sent, sent again and received, and connections, of this machine.",
  source: "https://docs.kernel.org/networking/snmp_counter.html",
  scope: "host",
  everyMs: 5000,
  keyed: false,
  series: Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, kind, doc]]) => [
      name,
      { unit: "count", kind, doc: `${doc} Null where this kernel does not count it.` } as const,
    ]),
  ),
  open({ missing }) {
    if (readTextOrNull(PATHS[0]!) === null) {
      missing(`${PATHS[0]} is not there: this machine does not have it.`);
      return Promise.resolve(null);
    }
    return Promise.resolve({
      read() {
        const counters = new Map(
          PATHS.flatMap((path) => [...parseProtocolCounters(readTextOrNull(path) ?? "")]),
        );
        const v = Object.fromEntries(
          Object.entries(FIELDS).map(([name, [field]]) => [name, counters.get(field) ?? null]),
        );
        return Promise.resolve({ v });
      },
    });
  },
};
