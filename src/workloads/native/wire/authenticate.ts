import { createHash } from "node:crypto";
import { encodeMessage } from "./messages.ts";
import { ScramClient } from "./scram.ts";

/**
 * Answers the server's authentication requests: trust, cleartext, MD5 and SCRAM-SHA-256.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP.
 */
export class Authenticator {
  private readonly user: string;
  private readonly password: string | null;
  private scram: ScramClient | null = null;

  constructor(user: string, password: string | null) {
    this.user = user;
    this.password = password;
  }

  /** What to send next, or `null` for nothing. `request` is the payload behind the length. */
  async answer(request: Buffer): Promise<Buffer | null> {
    const kind = request.readInt32BE(0);
    const data = request.subarray(4);
    switch (kind) {
      case 0:
        return null;
      case 3:
        return encodeMessage("p", `${this.needPassword()}\0`);
      case 5:
        return encodeMessage("p", `${this.hashMd5(data.subarray(0, 4))}\0`);
      case 10:
        return this.startScram(data);
      case 11:
        return encodeMessage("p", await this.needScram().final(data.toString("utf8")));
      case 12:
        this.needScram().verify(data.toString("utf8"));
        return null;
      default:
        throw new Error(
          `the server asks for authentication method ${kind}, which the native driver does not speak`,
        );
    }
  }

  private startScram(data: Buffer): Buffer {
    const mechanisms = data.toString("utf8").split("\0");
    if (!mechanisms.includes("SCRAM-SHA-256")) {
      throw new Error(`the server offers ${mechanisms.filter(Boolean).join(", ")} only`);
    }
    this.scram = new ScramClient(this.needPassword());
    const first = Buffer.from(this.scram.first(), "utf8");
    const length = Buffer.alloc(4);
    length.writeInt32BE(first.length, 0);
    return encodeMessage("p", Buffer.concat([Buffer.from("SCRAM-SHA-256\0"), length, first]));
  }

  private needScram(): ScramClient {
    if (this.scram === null)
      throw new Error("the server continues a SCRAM exchange it never began");
    return this.scram;
  }

  private needPassword(): string {
    if (this.password === null) throw new Error("the server asks for a password and none is given");
    return this.password;
  }

  private hashMd5(salt: Buffer): string {
    const hex = (data: Buffer | string): string => createHash("md5").update(data).digest("hex");
    const inner = hex(this.needPassword() + this.user);
    return `md5${hex(Buffer.concat([Buffer.from(inner), salt]))}`;
  }
}
