/** One spelling per tag: lower case, single spaces. */
export function normalizeTag(tag: string): string {
  return tag.normalize('NFC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
}

/** Distinct, in the order given. */
export function distinctTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map(normalizeTag))];
}
