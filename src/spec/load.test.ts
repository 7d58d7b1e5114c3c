import { expect, test } from "vitest";
import { loadSchema } from "./load.ts";

const faultsOf = (load: object) =>
  loadSchema
    .safeParse(load)
    .error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim());

test("says what is wrong with where a load is to run", () => {
  expect({
    nothing: faultsOf({}),
    noAddress: faultsOf({ join: 2, listen: "7483" }),
    noPort: faultsOf({ join: 2, listen: "host:99999" }),
    notJoined: faultsOf({ workers: 2, listen: "a:1", tokenFile: "t" }),
  }).toMatchInlineSnapshot(`
    {
      "noAddress": [
        "listen must be an address and a port, such as \`10.0.0.5:7483\`",
      ],
      "noPort": [
        "listen must be an address and a port, such as \`10.0.0.5:7483\`",
      ],
      "notJoined": [
        "listen is only for workers that are waited for: \`join\`",
        "tokenFile is only for workers that are waited for: \`join\`",
      ],
      "nothing": [
        "must say \`workers\`, \`join\` or both, such as \`workers: 3\`",
      ],
    }
  `);
});

test("reads addresses of both families, and waits on this machine where nothing is said", () => {
  const listenOf = (load: object) => loadSchema.parse(load).join?.listen;
  expect(listenOf({ join: 1 })).toEqual({ host: "127.0.0.1", port: 7483 });
  expect(listenOf({ join: 1, listen: "[::1]:80" })).toEqual({ host: "::1", port: 80 });
  expect(listenOf({ join: 1, listen: "db.test:5" })).toEqual({ host: "db.test", port: 5 });
  expect(listenOf({ workers: 1 })).toBeUndefined();
});
