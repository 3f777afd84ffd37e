/** Compared part by part; smaller comes first. */
export type Rank = readonly [number, number, string];

function compare(a: Rank, b: Rank): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : Number(a[2] > b[2]));
}

/** The best `limit` of many, at most one per group, without sorting them all. */
export function createTopList<Value>(options: { limit: number; groupOf: (value: Value) => string }) {
  const best: { value: Value; rank: Rank; group: string }[] = [];
  return {
    add(value: Value, rank: Rank): void {
      const last = best.at(-1);
      if (best.length >= options.limit && last && compare(rank, last.rank) >= 0) return;
      const group = options.groupOf(value);
      const twin = best.findIndex((entry) => entry.group === group);
      if (twin >= 0) {
        if (compare(rank, best[twin]?.rank ?? rank) >= 0) return;
        best.splice(twin, 1);
      }
      const at = best.findIndex((entry) => compare(rank, entry.rank) < 0);
      best.splice(at < 0 ? best.length : at, 0, { value, rank, group });
      if (best.length > options.limit) best.pop();
    },
    values: (): readonly Value[] => best.map((entry) => entry.value),
  };
}
