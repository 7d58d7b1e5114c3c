import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parseProtocolCounters } from "../lib/proc-net.ts";

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

/** TCP of the host, over all interfaces and both ends of loopback connections. */
export const hostTcp = defineHostFileProbe({
  id: "host-tcp",
  summary: "TCP segments sent, sent again and received, and connections, of the host.",
  source: "https://docs.kernel.org/networking/snmp_counter.html",
  everyMs: 5000,
  series: Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, kind, doc]]) => [
      name,
      { unit: "count", kind, doc: `${doc} Null where this kernel does not count it.` } as const,
    ]),
  ),
  paths: ["/proc/net/snmp", "/proc/net/netstat"],
  parse(texts) {
    const counters = new Map(texts.flatMap((text) => [...parseProtocolCounters(text ?? "")]));
    const v = Object.fromEntries(
      Object.entries(FIELDS).map(([name, [field]]) => [name, counters.get(field) ?? null]),
    );
    return { v };
  },
});
