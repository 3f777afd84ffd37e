/** A map that forgets what was used longest ago: for everything remembered under keys that clients choose. */
export type BoundedMap<Key, Value> = {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
  readonly delete: (key: Key) => void;
  readonly size: () => number;
};

/** `limit` is of what `weigh` says of all values together: without it, of their number. */
export function createBoundedMap<Key, Value>(limit: number, weigh: (value: Value) => number = () => 1): BoundedMap<Key, Value> {
  const entries = new Map<Key, Value>();
  let weight = 0;

  function remove(key: Key): void {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    weight -= weigh(value);
  }

  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // A Map keeps the order of insertion; inserted again, the entry is the youngest.
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      remove(key);
      entries.set(key, value);
      weight += weigh(value);
      for (const oldest of entries.keys()) {
        if (weight <= limit) return;
        remove(oldest);
      }
    },
    delete: remove,
    size: () => entries.size,
  };
}
