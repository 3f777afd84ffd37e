const CHUNK = 512;

/** Distinct strings in order, in chunks: inserting moves a few hundred entries at most. */
export class SortedKeys {
  private readonly chunks: string[][] = [];
  /** Counts changes: a walk that was interrupted looks for its place again. */
  private changes = 0;

  add(key: string): void {
    this.changes += 1;
    const at = this.chunkFor(key);
    const chunk = this.chunks[at];
    if (!chunk) {
      this.chunks.push([key]);
      return;
    }
    const position = lowerBound(chunk, key);
    if (chunk[position] === key) return;
    chunk.splice(position, 0, key);
    if (chunk.length <= CHUNK) return;
    // Keys that only grow (times, ObjectIds) leave full chunks behind instead of half-empty ones.
    const half = position >= chunk.length - 2 && at === this.chunks.length - 1 ? chunk.length - 2 : chunk.length >> 1;
    this.chunks.splice(at + 1, 0, chunk.splice(half));
  }

  /** Takes keys that are in order already, each once, in place of what was there. */
  load(keys: readonly string[]): void {
    this.chunks.length = 0;
    for (let at = 0; at < keys.length; at += CHUNK / 2) this.chunks.push(keys.slice(at, at + CHUNK / 2));
  }

  delete(key: string): void {
    this.changes += 1;
    const at = this.chunkFor(key);
    const chunk = this.chunks[at];
    if (!chunk) return;
    const position = lowerBound(chunk, key);
    if (chunk[position] !== key) return;
    chunk.splice(position, 1);
    if (chunk.length === 0) this.chunks.splice(at, 1);
  }

  /** Keys from `low` to `high`, both included. Keys that come or go meanwhile may be seen or not, all others are seen once. */
  *between(low: string, high: string, direction: 1 | -1): Generator<string> {
    let last: string | undefined;
    let changes = -1;
    let [at, position] = [0, 0];
    for (;;) {
      if (changes !== this.changes) {
        changes = this.changes;
        [at, position] = this.placeAfter(last, direction === 1 ? low : high, direction);
      }
      const chunk = this.chunks[at];
      if (!chunk) return;
      const key = chunk[position];
      if (key === undefined) {
        at += direction;
        position = direction === 1 ? 0 : (this.chunks[at]?.length ?? 0) - 1;
        continue;
      }
      if (direction === 1 ? key > high : key < low) return;
      last = key;
      position += direction;
      yield key;
    }
  }

  /** Where a walk goes on after `last`, or begins at `start`. */
  private placeAfter(last: string | undefined, start: string, direction: 1 | -1): [at: number, position: number] {
    const from = last ?? start;
    const at = this.chunkFor(from);
    const position = lowerBound(this.chunks[at] ?? [], from);
    const found = this.chunks[at]?.[position] === from;
    if (direction === 1) return [at, found && last !== undefined ? position + 1 : position];
    return [at, found && last === undefined ? position : position - 1];
  }

  /** The chunk that holds the key or would: the last one that begins at or before it. */
  private chunkFor(key: string): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.chunks[middle]?.[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
