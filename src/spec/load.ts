import { z } from "zod";
import type { HostAddress } from "../lib/endpoint.ts";
import { parseHostAddress } from "../lib/host-address.ts";

/** Where the load runs: several processes that carry it together. */
export interface LoadPlacement {
  /** Started on this machine. */
  readonly workers: number;
  /** Started elsewhere by hand; `null`: none are waited for. */
  readonly join: JoinPlacement | null;
}

/** How workers join that are started elsewhere. Files are as the experiment names them. */
export interface JoinPlacement {
  readonly count: number;
  readonly listen: HostAddress;
  /** `null`: the token is in the environment. */
  readonly tokenFile: string | null;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
}

/** Only this machine reaches it: whoever wants others to join says where. */
const LISTEN = "127.0.0.1:7483";
const ONLY_JOIN = ["listen", "tokenFile", "tls"] as const;

/** `load: { workers: 3 }` or `load: { join: 2, listen: … }` */
export const loadSchema = z
  .strictObject({
    workers: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        "Worker processes on this machine that carry the load together, each with its part of the clients and of the rate.",
      ),
    join: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        "Workers to wait for that are started elsewhere with `pgdyno worker --join`, on machines of their own.",
      ),
    listen: z
      .string()
      .refine(
        (text) => parseHostAddress(text) !== null,
        "must be an address and a port, such as `10.0.0.5:7483`",
      )
      .optional()
      .describe(
        `With \`join\`: where this program waits for them; \`${LISTEN}\` where it is not given.`,
      ),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        "With `join`: a file with the token that the workers must know; PGDYNO_TOKEN of the environment where it is not given.",
      ),
    tls: z
      .strictObject({
        certificate: z.string().min(1).describe("PEM file with this program's certificate."),
        key: z.string().min(1).describe("PEM file with its key."),
      })
      .optional()
      .describe(
        "With `join`: encrypts what travels to the workers, the database's password among it.",
      ),
  })
  .superRefine((given, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (given.workers === undefined && given.join === undefined) {
      const message = "must say `workers`, `join` or both, such as `workers: 3`";
      context.addIssue({ code: "custom", message });
    }
    if (given.join !== undefined) return;
    for (const name of ONLY_JOIN) {
      if (given[name] !== undefined)
        refuse(name, "is only for workers that are waited for: `join`");
    }
  })
  .transform(({ workers, join, listen, tokenFile, tls }): LoadPlacement => ({
    workers: workers ?? 0,
    join:
      join === undefined
        ? null
        : {
            count: join,
            listen: parseHostAddress(listen ?? LISTEN)!,
            tokenFile: tokenFile ?? null,
            tls: tls ?? null,
          },
  }));
