import type { LinkShape } from "./link-shape.ts";

/** What the thread is started with. */
export interface ProxySettings {
  readonly to: { readonly host: string; readonly port: number };
  readonly shape: LinkShape;
  readonly seed: number;
}

/** What it is asked; each request is answered. */
export interface ProxyRequest {
  readonly number: number;
  readonly shape?: LinkShape;
  readonly reset?: true;
}

/** What it says: once that it listens, then that each request is done, with its open connections. */
export type ProxyAnswer =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "done"; readonly number: number; readonly connections: number };
