import MiniSearch from 'minisearch';
import type { Event } from '../domain/event.ts';
import type { EventSort, Place, StructuredFilter } from '../domain/event-list.ts';
import { SORT_DIRECTION, sortKey } from '../domain/event-list.ts';
import { FIELD_WEIGHTS, foldWord, splitWords, textOf } from '../domain/words.ts';

export type SearchQuery = { readonly text: string; readonly filter: StructuredFilter; readonly sort: EventSort };

type Facts = Pick<Event, 'id' | 'organizerId' | 'status' | 'tags' | 'startsAt' | 'createdAt'>;

// One or two letters begin half of all words: walking them all would keep everybody else waiting. Scripts whose words are that short are no such case.
const isPrefix = (word: string): boolean => word.length >= 3 || /[^a-z0-9]/.test(word);
const LETTERS_PER_TYPO = 4;
/** More words than anybody types; each costs a walk through the index. */
const QUERY_WORDS_MAX = 12;

/**
 * Full text in this process' memory; the seam where a search server goes when one process no longer holds the catalogue.
 * Knows every event that is not deleted: who may see which is part of the query.
 */
export function createEventSearch() {
  const facts = new Map<string, Facts>();
  const words = new MiniSearch<Record<string, string>>({
    fields: Object.keys(FIELD_WEIGHTS),
    tokenize: (text) => [...splitWords(text)],
    processTerm: foldWord,
    searchOptions: {
      boost: FIELD_WEIGHTS,
      prefix: isPrefix,
      fuzzy: (word) => Math.floor(word.length / LETTERS_PER_TYPO),
      combineWith: 'AND',
    },
  });

  function matches(event: Facts, filter: StructuredFilter): boolean {
    return (
      filter.statuses.includes(event.status) &&
      (filter.organizerId === null || event.organizerId === filter.organizerId) &&
      (filter.startsAfter === null || event.startsAt >= filter.startsAfter) &&
      (filter.startsBefore === null || event.startsAt < filter.startsBefore) &&
      filter.tags.every((tag) => event.tags.includes(tag))
    );
  }

  return {
    index(event: Event): void {
      const { id, organizerId, status, tags, startsAt, createdAt } = event;
      if (facts.has(id)) words.discard(id);
      words.add({ id, ...textOf(event) });
      facts.set(id, { id, organizerId, status, tags, startsAt, createdAt });
    },

    remove(id: string): void {
      if (facts.delete(id)) words.discard(id);
    },

    /** Every match, best first for RELEVANCE; equal ones by id, so that the order is the same everywhere. */
    async search(query: SearchQuery): Promise<readonly Place[]> {
      const text = splitWords(query.text).slice(0, QUERY_WORDS_MAX).join(' ');
      const found: Place[] = [];
      for (const result of words.search(text)) {
        const event = facts.get(String(result.id));
        if (event && matches(event, query.filter))
          found.push({ key: query.sort === 'RELEVANCE' ? result.score : sortKey(query.sort, event), id: event.id });
      }
      const direction = query.sort === 'RELEVANCE' ? -1 : SORT_DIRECTION[query.sort];
      return found.toSorted((a, b) => direction * (a.key - b.key || compareIds(a.id, b.id)));
    },
  };
}
export type EventSearch = ReturnType<typeof createEventSearch>;

const compareIds = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
