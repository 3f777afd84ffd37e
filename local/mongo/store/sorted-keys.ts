const CHUNK = 512;

/** Distinct strings in order, in chunks: inserting moves a few hundred entries at most. */
export class SortedKeys {
  private readonly chunks: string[][] = [];

  add(key: string): void {
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
    const at = this.chunkFor(key);
    const chunk = this.chunks[at];
    if (!chunk) return;
    const position = lowerBound(chunk, key);
    if (chunk[position] !== key) return;
    chunk.splice(position, 1);
    if (chunk.length === 0) this.chunks.splice(at, 1);
  }

  /** Keys from `low` to `high`, both included. The keys must not change meanwhile. */
  *between(low: string, high: string, direction: 1 | -1): Generator<string> {
    if (direction === 1) {
      let at = this.chunkFor(low);
      let position = lowerBound(this.chunks[at] ?? [], low);
      for (; at < this.chunks.length; at += 1, position = 0) {
        const chunk = this.chunks[at] ?? [];
        for (; position < chunk.length; position += 1) {
          const key = chunk[position] ?? '';
          if (key > high) return;
          yield key;
        }
      }
      return;
    }
    let at = Math.min(this.chunkFor(high), this.chunks.length - 1);
    for (; at >= 0; at -= 1) {
      const chunk = this.chunks[at] ?? [];
      for (let position = chunk.length - 1; position >= 0; position -= 1) {
        const key = chunk[position] ?? '';
        if (key > high) continue;
        if (key < low) return;
        yield key;
      }
    }
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
