/** Clients as evenly as possible, the first ones one more: 8 over 3 are 3, 3 and 2. */
export function divideClients(clients: number, workers: number): readonly number[] {
  const least = Math.floor(clients / workers);
  const more = clients % workers;
  return Array.from({ length: workers }, (_, i) => least + (i < more ? 1 : 0));
}
