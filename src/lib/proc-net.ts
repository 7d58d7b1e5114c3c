/** An interface's line of `/proc/net/dev`: what went through it since it came up. */
export interface InterfaceStat {
  readonly name: string;
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly receiveErrors: number;
  readonly receiveDrops: number;
  readonly sentBytes: number;
  readonly sentPackets: number;
  readonly sendErrors: number;
  readonly sendDrops: number;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
export function parseNetDev(text: string): readonly InterfaceStat[] {
  return [...text.matchAll(/^\s*(\S+):\s*(\d.*)$/gm)].flatMap(([, name, rest]) => {
    const counts = rest!.trim().split(/\s+/).map(Number);
    if (counts.length < 16) return [];
    const count = (index: number) => counts[index]!;
    return {
      name: name!,
      receivedBytes: count(0),
      receivedPackets: count(1),
      receiveErrors: count(2),
      receiveDrops: count(3),
      sentBytes: count(8),
      sentPackets: count(9),
      sendErrors: count(10),
      sendDrops: count(11),
    };
  });
}

/**
 * `/proc/net/snmp` and `/proc/net/netstat`: pairs of lines, names then numbers, by protocol.
 * The result's names are `Tcp.RetransSegs`, `TcpExt.ListenOverflows`.
 *
 * @see https://docs.kernel.org/networking/snmp_counter.html
 */
export function parseProtocolCounters(text: string): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  const lines = text.split("\n");
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [protocol, ...names] = lines[at]!.split(" ");
    const [same, ...values] = lines[at + 1]!.split(" ");
    if (protocol === undefined || protocol === "" || protocol !== same) continue;
    names.forEach((name, index) => {
      counters.set(`${protocol.slice(0, -1)}.${name}`, Number(values[index]));
    });
  }
  return counters;
}
