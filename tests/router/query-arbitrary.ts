import * as fc from 'fast-check';
import type { GraphQLArgument, GraphQLCompositeType, GraphQLField, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  parse,
  validate,
} from 'graphql';
import { findBrokenLimit } from '../../kit/graphql/document-limits.ts';

/** `$yes` and `$no` are the generated queries' variables. */
export const VARIABLES = { yes: true, no: false };

type Text = fc.Arbitrary<string>;

/** Valid queries of a schema within the limits of documents: fields with arguments, aliases, fragments, conditions, unions. They shrink as text shrinks. */
export function queriesOf(schema: GraphQLSchema, leaveOut: readonly string[] = [], ids: readonly string[] = ['e1', 'e2', 'e404']): Text {
  const sets = new Map<string, Text>();

  function setOf(type: GraphQLCompositeType, depth: number): Text {
    const key = `${type.name} ${depth}`;
    const known = sets.get(key);
    if (known) return known;
    const parts: Text[] = [fc.constant('__typename')];
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        const isLeaf = !isCompositeType(getNamedType(field.type));
        if (!leaveOut.includes(`${type.name}.${field.name}`) && (isLeaf || depth > 0)) parts.push(fieldOf(field, depth));
      }
    }
    if (depth > 0) {
      const members = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
      for (const member of members) parts.push(conditional(fc.constant(`... on ${member.name}`), setOf(member, depth - 1)));
    }
    const set = fc.uniqueArray(fc.oneof(...parts), { minLength: 1, maxLength: 4 }).map((selections) => `{ ${selections.join(' ')} }`);
    sets.set(key, set);
    return set;
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): Text {
    const type = getNamedType(field.type);
    const head = argumentsOf(field, ids).map((given) => {
      // The alias says what the field is called with: two of one name never ask for different things, so that they always merge.
      const alias = given === '' ? '' : `${field.name}_${Buffer.from(given).toString('hex')}: `;
      return `${alias}${field.name}${given}`;
    });
    return conditional(head, isCompositeType(type) ? setOf(type, depth - 1) : fc.constant(''));
  }

  const root = schema.getQueryType();
  if (!root) throw new Error('a schema without queries');
  return setOf(root, 4)
    .map((set) => `query ($yes: Boolean!, $no: Boolean = true) ${set.replace(/\}$/, '__typename @include(if: $yes) @skip(if: $no) }')}`)
    .filter((query) => {
      const document = parse(query);
      return findBrokenLimit(document) === null && validate(schema, document).length === 0;
    });
}

const CONDITIONS = ['', '', '', '', '', ' @include(if: $yes)', ' @include(if: $no)', ' @skip(if: $yes)', ' @skip(if: false)'];

function conditional(head: Text, set: Text): Text {
  return fc.tuple(head, fc.constantFrom(...CONDITIONS), set).map(([name, condition, selections]) => `${name}${condition} ${selections}`);
}

function argumentsOf(field: GraphQLField<unknown, unknown>, ids: readonly string[]): Text {
  return fc
    .tuple(...field.args.map((argument) => argumentOf(argument, ids)))
    .map((texts) => texts.filter((text) => text !== ''))
    .map((texts) => (texts.length === 0 ? '' : `(${texts.join(', ')})`));
}

function argumentOf(argument: GraphQLArgument, ids: readonly string[]): Text {
  const type = isNonNullType(argument.type) ? argument.type.ofType : argument.type;
  const named = getNamedType(type);
  const value = isEnumType(named)
    ? fc.constantFrom(...named.getValues().map(({ name }) => name))
    : named.name === 'Int'
      ? fc.integer({ min: 0, max: 5 }).map(String)
      : named.name === 'Boolean'
        ? fc.boolean().map(String)
        : fc.constantFrom(...ids.map((id) => JSON.stringify(id)));
  const text = (isListType(type) ? value.map((one) => `[${one}]`) : value).map((given) => `${argument.name}: ${given}`);
  return isRequiredArgument(argument) ? text : fc.oneof(fc.constant(''), text);
}
