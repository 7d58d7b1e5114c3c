import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parseNetDev } from "../lib/proc-net.ts";

const PATH = "/proc/net/dev";
const counter = (unit: "count" | "bytes", doc: string) => ({ unit, kind: "counter", doc }) as const;

/** The network interfaces of the host. */
export const hostNetwork = defineHostFileProbe({
  id: "host-network",
  summary: "Traffic of each network interface. Key: interface; `lo` is the host to itself.",
  source: "https://man7.org/linux/man-pages/man5/proc_pid_net.5.html",
  keyed: true,
  series: {
    receivedBytes: counter("bytes", "Received."),
    receivedPackets: counter("count", "Packets received."),
    receiveErrors: counter("count", "Packets that came damaged."),
    receiveDrops: counter("count", "Packets received and thrown away."),
    sentBytes: counter("bytes", "Sent."),
    sentPackets: counter("count", "Packets sent."),
    sendErrors: counter("count", "Packets that could not be sent."),
    sendDrops: counter("count", "Packets thrown away before they were sent."),
  },
  paths: [PATH],
  parse: ([text]) => ({
    k: Object.fromEntries(
      parseNetDev(text ?? "")
        .filter(({ receivedPackets, sentPackets }) => receivedPackets + sentPackets > 0)
        .map(({ name, ...counts }) => [name, counts]),
    ),
  }),
});
