import type { Event } from '../domain/event.ts';
import { FIELD_WEIGHTS, foldWord, splitWords, textOf } from '../domain/words.ts';
import type { TextField } from '../domain/words.ts';
import { createTopList } from './top-list.ts';

/** Word number → weight. */
export type Vector = ReadonlyMap<number, number>;

type Entry = {
  readonly id: string;
  readonly slot: number;
  readonly isPublished: boolean;
  readonly startsAt: number;
  /** The same show on other evenings: one organizer, one title. */
  readonly show: string;
  readonly frequencies: Vector;
  length: number;
};
type Postings = { readonly slots: number[]; readonly weights: number[] };

/** The strongest words of a text; the tail of a long description says little and would make every comparison slow. */
const WORDS_PER_EVENT_MAX = 100;
const WORDS_PER_PROFILE_MAX = 200;
const SETTLING_SHARE = 0.01;

const FIELDS: readonly TextField[] = ['title', 'tags', 'location', 'description'];

const strongest = (weights: ReadonlyMap<number, number>, limit: number): Vector =>
  weights.size <= limit ? weights : new Map([...weights].toSorted(([a, left], [b, right]) => right - left || a - b).slice(0, limit));

/**
 * TF-IDF vectors of all events that are not deleted, and cosines between them. Postings per word, so that one question touches only events
 * that share a word with it.
 */
export function createSimilarity() {
  const entries = new Map<string, Entry>();
  const bySlot: (Entry | undefined)[] = [];
  const freeSlots: number[] = [];
  const wordNumbers = new Map<string, number>();
  const postings: Postings[] = [];
  let scores = new Float64Array(1_024);
  let changes = 0;

  function wordNumber(word: string): number {
    const known = wordNumbers.get(word);
    if (known !== undefined) return known;
    const number = postings.push({ slots: [], weights: [] }) - 1;
    wordNumbers.set(word, number);
    return number;
  }

  // A word in every event still counts a little: in a catalogue of three, all of them may be jazz.
  const rarity = (word: number): number => Math.log(1 + entries.size / Math.max(1, postings[word]?.slots.length ?? 0));

  function frequenciesOf(event: Event): Vector {
    const text = textOf(event);
    const weights = new Map<number, number>();
    for (const field of FIELDS) {
      const counts = new Map<string, number>();
      for (const word of splitWords(text[field])) counts.set(foldWord(word), (counts.get(foldWord(word)) ?? 0) + 1);
      for (const [word, count] of counts) {
        const number = wordNumber(word);
        weights.set(number, (weights.get(number) ?? 0) + FIELD_WEIGHTS[field] * (1 + Math.log(count)));
      }
    }
    return strongest(weights, WORDS_PER_EVENT_MAX);
  }

  function lengthOf(frequencies: Vector): number {
    let sum = 0;
    for (const [word, frequency] of frequencies) sum += (frequency * rarity(word)) ** 2;
    return Math.sqrt(sum);
  }

  function unitVector(frequencies: Vector): Vector {
    const length = lengthOf(frequencies) || 1;
    return new Map([...frequencies].map(([word, frequency]) => [word, (frequency * rarity(word)) / length]));
  }

  function remove(id: string): void {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    for (const word of entry.frequencies.keys()) {
      const list = postings[word];
      const at = list?.slots.indexOf(entry.slot) ?? -1;
      if (!list || at < 0) continue;
      // Order within a list means nothing, so the last one fills the gap.
      const [lastSlot, lastWeight] = [list.slots.pop(), list.weights.pop()];
      if (at < list.slots.length && lastSlot !== undefined && lastWeight !== undefined)
        [list.slots[at], list.weights[at]] = [lastSlot, lastWeight];
    }
    bySlot[entry.slot] = undefined;
    freeSlots.push(entry.slot);
    changes += 1;
  }

  function index(event: Event): void {
    remove(event.id);
    const slot = freeSlots.pop() ?? bySlot.length;
    const frequencies = frequenciesOf(event);
    const entry: Entry = {
      id: event.id,
      slot,
      isPublished: event.status === 'PUBLISHED',
      startsAt: event.startsAt.getTime(),
      show: `${event.organizerId} ${foldWord(event.title)}`,
      frequencies,
      length: 0,
    };
    entries.set(event.id, entry);
    bySlot[slot] = entry;
    for (const [word, frequency] of frequencies) {
      postings[word]?.slots.push(slot);
      postings[word]?.weights.push(frequency);
    }
    entry.length = lengthOf(frequencies);
    changes += 1;
  }

  const isOnSale = (entry: Entry, now: number): boolean => entry.isPublished && entry.startsAt > now;

  return {
    index,
    remove,

    /** Each new event makes its words a little less rare for all others; their lengths follow in one go, once it is worth it. */
    settle(): void {
      if (changes < entries.size * SETTLING_SHARE) return;
      changes = 0;
      for (const entry of entries.values()) entry.length = lengthOf(entry.frequencies);
    },

    /** Of an event whether it is indexed or not. */
    vectorOf: (event: Event): Vector => unitVector(entries.get(event.id)?.frequencies ?? frequenciesOf(event)),

    /** What somebody likes: the events bought, each as strongly as its weight says. Events unknown here add nothing. */
    profileOf(bought: readonly { readonly eventId: string; readonly weight: number }[]): Vector {
      const profile = new Map<number, number>();
      for (const { eventId, weight } of bought) {
        const entry = entries.get(eventId);
        if (entry) for (const [word, value] of unitVector(entry.frequencies)) profile.set(word, (profile.get(word) ?? 0) + weight * value);
      }
      return strongest(profile, WORDS_PER_PROFILE_MAX);
    },

    /** Ids of upcoming published events most like the vector, a show once; never one that shares no word with it. */
    closest(vector: Vector, options: { now: Date; excluded: ReadonlySet<string>; limit: number }): readonly string[] {
      if (scores.length < bySlot.length) scores = new Float64Array(bySlot.length * 2);
      scores.fill(0, 0, bySlot.length);
      for (const [word, weight] of vector) {
        const list = postings[word];
        if (!list) continue;
        const factor = weight * rarity(word);
        for (let at = 0; at < list.slots.length; at += 1) {
          const slot = list.slots[at] ?? 0;
          scores[slot] = (scores[slot] ?? 0) + factor * (list.weights[at] ?? 0);
        }
      }
      const now = options.now.getTime();
      const top = createTopList<Entry>({ limit: options.limit, groupOf: (entry) => entry.show });
      for (let slot = 0; slot < bySlot.length; slot += 1) {
        const entry = bySlot[slot];
        const score = scores[slot] ?? 0;
        if (!entry || score <= 0 || !isOnSale(entry, now) || options.excluded.has(entry.id)) continue;
        // Rounded, so that equal events stay equal whatever the last bit of a sum says.
        top.add(entry, [-Math.round((score / entry.length) * 1e6), entry.startsAt, entry.id]);
      }
      return top.values().map((entry) => entry.id);
    },

    /** Ids of upcoming published events, soonest first, a show once. */
    soonest(options: { now: Date; excluded: ReadonlySet<string>; limit: number }): readonly string[] {
      const now = options.now.getTime();
      const top = createTopList<Entry>({ limit: options.limit, groupOf: (entry) => entry.show });
      for (const entry of entries.values())
        if (isOnSale(entry, now) && !options.excluded.has(entry.id)) top.add(entry, [0, entry.startsAt, entry.id]);
      return top.values().map((entry) => entry.id);
    },

    /** The first of them that are upcoming and published, each show once, in the order given. */
    choose(ids: Iterable<string>, options: { now: Date; excluded: ReadonlySet<string>; limit: number }): readonly string[] {
      const chosen = new Map<string, string>();
      for (const id of ids) {
        if (chosen.size >= options.limit) break;
        const entry = entries.get(id);
        if (entry && isOnSale(entry, options.now.getTime()) && !options.excluded.has(id) && !chosen.has(entry.show))
          chosen.set(entry.show, id);
      }
      return [...chosen.values()];
    },
  };
}
export type Similarity = ReturnType<typeof createSimilarity>;
