/** Takes one of `limit` places under a key, or answers null if all are taken. The place is given back, once, by the function returned. */
export function takePlace(taken: Map<string, number>, key: string, limit: number): (() => void) | null {
  const before = taken.get(key) ?? 0;
  if (before >= limit) return null;
  taken.set(key, before + 1);
  let isGivenBack = false;
  return () => {
    if (isGivenBack) return;
    isGivenBack = true;
    const left = (taken.get(key) ?? 1) - 1;
    if (left > 0) taken.set(key, left);
    else taken.delete(key);
  };
}
