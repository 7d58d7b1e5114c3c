/**
 * SCRAM-SHA-256, the client's side, bound to the channel's certificate where one is given.
 *
 * Source: RFC 5802, RFC 7677 and https://www.postgresql.org/docs/current/sasl-authentication.html.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

/**
 * Salted passwords by salt and iterations: deriving one costs milliseconds, and clients that
 * reconnect would otherwise pay for it each time.
 */
const salted = new Map<string, Promise<Buffer>>();

export class ScramClient {
  private readonly nonce: string;
  private readonly password: string;
  /** RFC 5802's `gs2-header`, and what the channel is bound with. */
  private readonly header: string;
  private readonly binding: Buffer;
  private serverSignature: Buffer | null = null;

  /** `binding` is the certificate's hash for `tls-server-end-point`. */
  constructor(
    password: string,
    {
      nonce = randomBytes(18).toString("base64"),
      binding = null,
    }: { readonly nonce?: string; readonly binding?: Buffer | null } = {},
  ) {
    this.password = password.normalize("NFKC");
    this.nonce = nonce;
    this.header = binding === null ? "n,," : "p=tls-server-end-point,,";
    this.binding = binding ?? Buffer.alloc(0);
  }

  /** The client's first message. The user name stands in the startup packet and is left empty here. */
  first(): string {
    return `${this.header}n=,r=${this.nonce}`;
  }

  /** The client's proof, in answer to the server's first message. */
  async final(serverFirst: string): Promise<string> {
    const fields = parseFields(serverFirst);
    const nonce = fields.get("r") ?? "";
    const salt = fields.get("s") ?? "";
    const iterations = Number(fields.get("i"));
    if (!nonce.startsWith(this.nonce) || nonce === this.nonce || !(iterations > 0)) {
      throw new Error("the server's SCRAM challenge is malformed");
    }
    const key = await this.saltPassword(salt, iterations);
    const clientKey = hmac(key, "Client Key");
    const storedKey = createHash("sha256").update(clientKey).digest();
    const channel = Buffer.concat([Buffer.from(this.header), this.binding]).toString("base64");
    const withoutProof = `c=${channel},r=${nonce}`;
    const said = `n=,r=${this.nonce},${serverFirst},${withoutProof}`;
    const proof = hmac(storedKey, said).map((byte, i) => byte ^ (clientKey[i] as number));
    this.serverSignature = hmac(hmac(key, "Server Key"), said);
    return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
  }

  /** Checks that the server knows the password too. @throws where it does not. */
  verify(serverFinal: string): void {
    const signature = Buffer.from(parseFields(serverFinal).get("v") ?? "", "base64");
    const wanted = this.serverSignature;
    if (
      wanted === null ||
      signature.length !== wanted.length ||
      !timingSafeEqual(signature, wanted)
    ) {
      throw new Error("the server could not prove that it knows the password");
    }
  }

  private saltPassword(salt: string, iterations: number): Promise<Buffer> {
    const id = createHash("sha256")
      .update(`${iterations}\0${salt}\0${this.password}`)
      .digest("hex");
    let key = salted.get(id);
    if (key === undefined) {
      key = derive(this.password, Buffer.from(salt, "base64"), iterations, 32, "sha256");
      salted.set(id, key);
    }
    return key;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function parseFields(message: string): Map<string, string> {
  return new Map(message.split(",").map((field) => [field.slice(0, 1), field.slice(2)]));
}
