/** A file, folder or link in a tar stream, followed by its content in pieces. */
export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link";
  readonly mode: number;
  readonly bytes: number;
  readonly linkTarget: string;
}

/** What is told of a tar stream, in its order. Each piece is valid only until the call returns. */
export interface TarListener {
  entry(entry: TarEntry): void;
  content(piece: Buffer): void;
  end(): void;
}

const BLOCK_BYTES = 512;

/**
 * Reads a tar stream in pieces of any size, as PostgreSQL writes it: plain ustar, and sizes beyond
 * 8 GB in base 256.
 *
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function tarReader(listener: TarListener): (chunk: Buffer) => void {
  let header: Buffer = Buffer.alloc(0);
  let contentLeft = 0;
  let paddingLeft = 0;
  const begin = (block: Buffer) => {
    const entry = parseHeader(block);
    if (entry === null) return; // The empty blocks at the end.
    listener.entry(entry);
    contentLeft = entry.bytes;
    paddingLeft = (BLOCK_BYTES - (entry.bytes % BLOCK_BYTES)) % BLOCK_BYTES;
    if (contentLeft === 0) listener.end();
  };
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (contentLeft > 0) {
        const piece = chunk.subarray(at, at + contentLeft);
        listener.content(piece);
        at += piece.length;
        contentLeft -= piece.length;
        if (contentLeft === 0) listener.end();
      } else if (paddingLeft > 0) {
        const skipped = Math.min(paddingLeft, chunk.length - at);
        at += skipped;
        paddingLeft -= skipped;
      } else {
        const piece = chunk.subarray(at, at + BLOCK_BYTES - header.length);
        header = header.length === 0 ? Buffer.from(piece) : Buffer.concat([header, piece]);
        at += piece.length;
        if (header.length === BLOCK_BYTES) {
          const block = header;
          header = Buffer.alloc(0);
          begin(block);
        }
      }
    }
  };
}

function parseHeader(block: Buffer): TarEntry | null {
  if (block[0] === 0) return null;
  const prefix = text(block, 345, 155);
  const name = text(block, 0, 100);
  const type = String.fromCharCode(block[156]!);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    kind: type === "5" ? "directory" : type === "2" ? "link" : "file",
    mode: Number.parseInt(text(block, 100, 8), 8) & 0o7777,
    bytes: type === "5" || type === "2" ? 0 : parseSize(block.subarray(124, 136)),
    linkTarget: text(block, 157, 100),
  };
}

function parseSize(field: Buffer): number {
  if ((field[0]! & 0x80) === 0) return Number.parseInt(text(field, 0, 12), 8);
  let bytes = 0;
  for (const byte of field.subarray(1)) bytes = bytes * 256 + byte;
  return bytes;
}

function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end).trim();
}
