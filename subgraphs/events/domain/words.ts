/** What each field says about an event, in search and in recommendations alike. */
export const FIELD_WEIGHTS = { title: 4, tags: 3, location: 2, description: 1 } as const;
export type TextField = keyof typeof FIELD_WEIGHTS;

/** Lower case, without accents: "München" and "munchen" are one word. */
export function foldWord(word: string): string {
  return word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

export function splitWords(text: string): readonly string[] {
  return text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '');
}

export function textOf(event: {
  readonly title: string;
  readonly tags: readonly string[];
  readonly location: string | null;
  readonly description: string | null;
}): Record<TextField, string> {
  return { title: event.title, tags: event.tags.join(' '), location: event.location ?? '', description: event.description ?? '' };
}
