import { expect, test } from "vitest";
import { divideClients } from "../lib/divide-clients.ts";
import { divideLoad } from "./divide-load.ts";

test("clients are divided as evenly as possible, and none is left out", () => {
  expect(divideClients(8, 3)).toEqual([3, 3, 2]);
  for (let clients = 1; clients <= 40; clients += 1) {
    for (let workers = 1; workers <= 12; workers += 1) {
      const shares = divideClients(clients, workers);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(clients);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  }
});

test("rates go with clients, numbers of clients are disjoint, and seeds differ", () => {
  const shares = divideLoad({ clients: 8, rateTps: 400, seed: 7 }, 3);
  expect(shares.map(({ clients, rateTps, part }) => [part.firstClient, clients, rateTps])).toEqual([
    [0, 3, 150],
    [3, 3, 150],
    [6, 2, 100],
  ]);
  expect(new Set(shares.map(({ seed }) => seed)).size).toBe(3);
  expect(shares.map(({ part }) => part.whole)).toEqual(
    Array.from({ length: 3 }, () => ({ clients: 8, rateTps: 400, seed: 7 })),
  );
});

test("workers without a client sit out", () => {
  const shares = divideLoad({ clients: 2, rateTps: null, seed: 1 }, 5);
  expect(shares.map(({ clients, rateTps, part }) => [clients, rateTps, part.count])).toEqual([
    [1, null, 2],
    [1, null, 2],
  ]);
});
