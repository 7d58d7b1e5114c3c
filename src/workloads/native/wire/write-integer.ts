/** Writes a safe integer in decimal. @returns the offset behind it. */
export function writeInteger(bytes: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  if (rest < 0) {
    bytes[at++] = 0x2d;
    rest = -rest;
  }
  if (rest >= 2147483648) return at + bytes.write(String(rest), at, "latin1");
  let digits = 1;
  for (let power = 10; rest >= power; power *= 10) digits++;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    bytes[i] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}
