import { expect, test } from "vitest";
import { Secret } from "../lib/secret.ts";
import { toJson } from "./to-json.ts";

test("no secret passes, in whatever form it was given", () => {
  const options = {
    dsn: "postgresql://app:hunter2@db/shop?sslmode=require",
    monitorDsn: "host=db user=app password='hunter2 x' dbname=shop",
    list: [{ PGPASSWORD: "hunter2", apiToken: "hunter2" }],
    secret: new Secret("hunter2"),
    absent: undefined,
    scale: 10,
  };
  expect(toJson(options)).toEqual({
    dsn: "postgresql://app:***@db/shop?sslmode=require",
    monitorDsn: "host=db user=app password=*** dbname=shop",
    list: [{ PGPASSWORD: "***", apiToken: "***" }],
    secret: "***",
    scale: 10,
  });
});
