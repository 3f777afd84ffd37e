import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Model } from './explore.ts';
import { explore } from './explore.ts';

/**
 * A model must pass with all rules of the design, and fail with each of them taken away: a rule that nobody misses is either not needed or not in the model.
 * `code` names where its steps stand in the code, so that model and code cannot part without anyone noticing.
 */
export function describeModel<State, Rule extends string>(settings: {
  name: string;
  rules: readonly Rule[];
  model: (has: (rule: Rule) => boolean) => Model<State>;
  code: Readonly<Record<string, readonly string[]>>;
}): void {
  const { name, rules, code, model } = settings;

  describe(`the model of ${name}`, () => {
    it('holds over every interleaving and every crash', () => {
      const { states, violation } = explore(model(() => true));
      expect(violation).toBeNull();
      expect(states).toBeGreaterThan(50);
    }, 60_000);

    it.each(rules)(
      'fails without: %s',
      (missing) => {
        const { violation } = explore(model((rule) => rule !== missing));
        expect(violation).not.toBeNull();
        expect(violation?.trace.length).toBeGreaterThan(0);
      },
      60_000,
    );

    it.each(Object.entries(code))('takes its steps from %s', (file, names) => {
      const text = readFileSync(new URL(`../../subgraphs/orders/${file}`, import.meta.url), 'utf8');
      for (const step of names) expect(text).toContain(step);
    });
  });
}
