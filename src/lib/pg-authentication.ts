/**
 * What a client lets a server ask of it: libpq's `require_auth` and `channel_binding=require`. Without
 * them a server that is not the right one could ask for the password itself.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH
 */
import type { Endpoint } from "./endpoint.ts";

const METHODS = ["password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none"] as const;

/** How a server makes sure whom it speaks to; `none` where it asks nothing of the client. */
export type AuthenticationMethod = (typeof METHODS)[number];

/** SCRAM bound to the channel's certificate. */
export const CHANNEL_BOUND_SCRAM = "SCRAM-SHA-256-PLUS";

interface Requirement {
  readonly methods: readonly AuthenticationMethod[];
  /** Each has `!` in front: all others will do. */
  readonly isNegated: boolean;
}

/** Why `require_auth` cannot be read, as a clause; `null` where it can. */
export function explainRequireAuth(text: string): string | null {
  const found = parse(text);
  return typeof found === "string" ? found : null;
}

function parse(text: string): Requirement | string {
  const words = text.split(",").map((word) => word.trim());
  const negated = words.filter((word) => word.startsWith("!"));
  if (negated.length > 0 && negated.length < words.length) {
    return "in `require_auth` either all methods are negated with `!`, or none";
  }
  const names = words.map((word) => word.replace(/^!/, ""));
  const methods = METHODS.filter((method) => names.includes(method));
  if (methods.length < new Set(names).size) {
    return `\`require_auth\` takes a comma-separated list of ${METHODS.join(", ")}`;
  }
  return { methods, isNegated: negated.length > 0 };
}

/** Watches one connection while it is set up. */
export class AuthenticationGuard {
  private readonly requirement: Requirement | null;
  private readonly needsBinding: boolean;
  private refused: Error | null = null;
  private method: AuthenticationMethod = "none";
  private isBound = false;

  constructor({ requireAuth, channelBinding }: Pick<Endpoint, "requireAuth" | "channelBinding">) {
    const found = requireAuth === undefined ? null : parse(requireAuth);
    this.requirement = typeof found === "string" ? null : found;
    this.needsBinding = channelBinding === "require";
  }

  /**
   * The server asks for a proof by this method. `mechanisms` are those that it offers for SASL.
   *
   * @throws where the client must not answer.
   */
  ask(method: AuthenticationMethod, mechanisms: readonly string[] = []): void {
    this.method = method;
    this.isBound = mechanisms.includes(CHANNEL_BOUND_SCRAM);
    if (this.needsBinding && !this.isBound) {
      this.refuse(
        "`channel_binding=require` was given, but the server does not offer channel binding",
      );
    }
    if (!this.allows(method)) this.refuse(this.explain());
    this.check();
  }

  /** The server lets the client in. @throws where it must not take that for enough. */
  letIn(): void {
    this.check();
    if (this.needsBinding && !this.isBound) {
      this.refuse(
        "`channel_binding=require` was given, but the server authenticated the client without channel binding",
      );
    }
    if (!this.allows(this.method)) this.refuse(this.explain());
    this.check();
  }

  /** @throws what was refused before. */
  check(): void {
    if (this.refused !== null) throw this.refused;
  }

  private allows(method: AuthenticationMethod): boolean {
    if (this.requirement === null) return true;
    return this.requirement.methods.includes(method) !== this.requirement.isNegated;
  }

  private explain(): string {
    return `the server asked for authentication method \`${this.method}\`, which \`require_auth\` does not allow`;
  }

  private refuse(because: string): void {
    this.refused ??= new Error(because);
  }
}

/** What a server may ask for by number, and what it is called. */
const UNSPOKEN: Readonly<Record<number, string>> = {
  2: "Kerberos V5",
  7: "GSSAPI",
  9: "SSPI",
};

/** Why a demand cannot be met. @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
export function explainUnspoken(code: number): string {
  return `the server asks for ${UNSPOKEN[code] ?? `method ${code}`} authentication, which pgdyno does not support: use a role that pg_hba.conf lets in by password or certificate`;
}
