/** How statements are sent, by pgbench's names. */
export type Protocol = "simple" | "extended" | "prepared";
