/** For work that mostly waits for somebody else. `work` sees to its own failures: one that rejects ends it all. */
export async function someAtATime<Item>(
  most: number,
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const run: Promise<void> = work(item).finally(() => running.delete(run));
    running.add(run);
    if (running.size >= most) await Promise.race(running);
  }
  await Promise.all(running);
}
