import type { GraphQLCompositeType, GraphQLSchema } from 'graphql';
import { getNamedType, isCompositeType, isInterfaceType, isObjectType, isUnionType } from 'graphql';

/** Numbers that look random and are the same in every run: a failure names its seed. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A valid query with aliases, fragments, conditions and repeated fields; `$yes` and `$no` are its variables. */
export function randomQuery(schema: GraphQLSchema, seed: number): string {
  const next = seededNumbers(seed);
  const chance = (probability: number): boolean => next() < probability;
  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(next() * values.length)];
  let aliases = 0;

  function condition(): string {
    if (!chance(0.15)) return '';
    return ` @${pick(['skip', 'include']) ?? ''}(if: ${pick(['$yes', '$no', 'true', 'false']) ?? ''})`;
  }

  function selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields());
      const count = 1 + Math.floor(next() * 3);
      for (let index = 0; index < count; index += 1) {
        const field = pick(fields);
        if (!field) continue;
        const named = getNamedType(field.type);
        if (isCompositeType(named) && depth <= 0) continue;
        aliases += 1;
        // Another alias for each field with a selection or an argument: else two of them might not merge.
        const isPlain = !isCompositeType(named) && field.args.length === 0;
        const alias = isPlain && chance(0.7) ? '' : `a${aliases}: `;
        const given =
          field.args.length > 0 ? `(${field.args.map((argument) => `${argument.name}: ${Math.floor(next() * 4)}`).join(', ')})` : '';
        parts.push(`${alias}${field.name}${given}${condition()}${isCompositeType(named) ? ` { ${selections(named, depth - 1)} }` : ''}`);
      }
    }
    if (chance(0.2)) parts.push('__typename');
    if (depth > 0 && (isUnionType(type) || isInterfaceType(type) || chance(0.2))) {
      const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
      for (const member of possible)
        if (chance(0.7)) parts.push(`... on ${member.name}${condition()} { ${selections(member, depth - 1)} }`);
    }
    return parts.length > 0 ? parts.join(' ') : '__typename';
  }

  const root = schema.getQueryType();
  if (!root) throw new Error('a schema without queries');
  return `query($yes: Boolean!, $no: Boolean = false) { ${selections(root, 4)} unused: __typename @include(if: $yes) @skip(if: $no) }`;
}
