import { expect, test } from "vitest";
import { randomFrom } from "../lib/random.ts";
import { encodeFrame, FrameReader, type Frame } from "./frames.ts";

function readAll(reader: FrameReader): Frame[] {
  const frames: Frame[] = [];
  for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame);
  return frames;
}

test("frames come out as they went in, however the stream is cut", () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const random = randomFrom(`frames/${seed}`);
    const sent = Array.from({ length: random.integer(1, 20) }, (_, i) => ({
      message: { is: "x", i, text: "é".repeat(random.integer(0, 50)) },
      bytes: Buffer.from(
        Array.from({ length: random.integer(0, 400) }, () => random.integer(0, 255)),
      ),
    }));
    const stream = Buffer.concat(sent.map(({ message, bytes }) => encodeFrame(message, bytes)));
    const reader = new FrameReader(10_000);
    const got: Frame[] = [];
    for (let at = 0; at < stream.length;) {
      const length = random.integer(1, 300);
      reader.push(Buffer.from(stream.subarray(at, at + length)));
      got.push(...readAll(reader));
      at += length;
    }
    expect(got).toEqual(sent);
  }
});

test("what is too large or no frame is refused", () => {
  const reader = new FrameReader(100);
  reader.push(encodeFrame({ is: "x" }, Buffer.alloc(200)));
  expect(() => reader.next()).toThrow("no message of pgdyno");
  const other = new FrameReader(1_000_000);
  other.push(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
  expect(() => other.next()).toThrow("no message of pgdyno");
});
