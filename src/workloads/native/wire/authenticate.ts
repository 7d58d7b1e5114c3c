import { createHash } from "node:crypto";
import {
  CHANNEL_BOUND_SCRAM,
  explainUnspoken,
  type AuthenticationGuard,
} from "../../../lib/pg-authentication.ts";
import { bindingHashOf } from "../../../lib/tls-context.ts";
import { encodeMessage } from "./messages.ts";
import { ScramClient } from "./scram.ts";

/** Who asks to be let in. */
export interface Credentials {
  readonly user: string;
  readonly password: string | null;
  readonly guard: AuthenticationGuard;
  /** The server's, as DER, where SCRAM is to be bound to it. */
  readonly certificate: Buffer | null;
}

/**
 * Answers the server's authentication requests: trust, cleartext, MD5, and SCRAM-SHA-256 with or
 * without channel binding.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP.
 */
export class Authenticator {
  private readonly credentials: Credentials;
  private scram: ScramClient | null = null;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }

  /**
   * Takes AuthenticationOk at once, as what follows it may stand in the same packet; false for another
   * request. @throws where that is not enough.
   */
  takeOk(request: Buffer): boolean {
    if (request.readInt32BE(0) !== 0) return false;
    this.credentials.guard.letIn();
    return true;
  }

  /** What to send next, or `null` for nothing. `request` is the payload behind the length. */
  async answer(request: Buffer): Promise<Buffer | null> {
    const kind = request.readInt32BE(0);
    const data = request.subarray(4);
    const { guard } = this.credentials;
    switch (kind) {
      case 3:
        guard.ask("password");
        return encodeMessage("p", `${this.needPassword()}\0`);
      case 5:
        guard.ask("md5");
        return encodeMessage("p", `${this.hashMd5(data.subarray(0, 4))}\0`);
      case 10:
        return this.startScram(data);
      case 11:
        return encodeMessage("p", await this.needScram().final(data.toString("utf8")));
      case 12:
        this.needScram().verify(data.toString("utf8"));
        return null;
      default:
        throw new Error(explainUnspoken(kind));
    }
  }

  private startScram(data: Buffer): Buffer {
    const mechanisms = data.toString("utf8").split("\0").filter(Boolean);
    const { guard, certificate } = this.credentials;
    guard.ask("scram-sha-256", mechanisms);
    if (!mechanisms.includes("SCRAM-SHA-256")) {
      throw new Error(`the server offers ${mechanisms.join(", ")} only`);
    }
    const mechanism =
      mechanisms.includes(CHANNEL_BOUND_SCRAM) && certificate !== null
        ? CHANNEL_BOUND_SCRAM
        : "SCRAM-SHA-256";
    this.scram = new ScramClient(this.needPassword(), {
      binding: mechanism === CHANNEL_BOUND_SCRAM ? hashCertificate(certificate!) : null,
    });
    const first = Buffer.from(this.scram.first(), "utf8");
    const length = Buffer.alloc(4);
    length.writeInt32BE(first.length, 0);
    return encodeMessage("p", Buffer.concat([Buffer.from(`${mechanism}\0`), length, first]));
  }

  private needScram(): ScramClient {
    if (this.scram === null)
      throw new Error("the server continues a SCRAM exchange it never began");
    return this.scram;
  }

  private needPassword(): string {
    const { password } = this.credentials;
    if (password === null) throw new Error("the server asks for a password, and none is known");
    return password;
  }

  private hashMd5(salt: Buffer): string {
    const hex = (data: Buffer | string): string => createHash("md5").update(data).digest("hex");
    const inner = hex(this.needPassword() + this.credentials.user);
    return `md5${hex(Buffer.concat([Buffer.from(inner), salt]))}`;
  }
}

function hashCertificate(der: Buffer): Buffer {
  const algorithm = bindingHashOf(der);
  if (algorithm === null) {
    const because =
      "the signature of the server's certificate names no hash to bind the channel with";
    throw new Error(`${because}: \`channel_binding=disable\` goes without`);
  }
  return createHash(algorithm).update(der).digest();
}
