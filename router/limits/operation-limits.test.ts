import { readFileSync } from 'node:fs';
import { buildSchema, Kind } from 'graphql';
import type { FieldNode, GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitMutations } from './operation-limits.ts';

function mutationsOfTheApi(): GraphQLObjectType {
  const found = buildSchema(readFileSync('schema/api.graphql', 'utf8')).getMutationType();
  if (!found) throw new Error('no mutations');
  return found;
}
const mutationType = mutationsOfTheApi();

/** With the general limit per address alone, because each of these costs no more than a query, or needs a hold, an intent or a role first. */
const NOT_COUNTED = [
  'logOut',
  'revokeSession',
  'setUserRoles',
  'createEvent',
  'updateEvent',
  'publishEvent',
  'cancelEvent',
  'deleteEvent',
  'refreshHold',
  'releaseHold',
  'createPaymentIntent',
  'confirmPayment',
  'checkIn',
];

async function usesOf(name: string): Promise<string[]> {
  const used: string[] = [];
  const rateLimits = { consume: async (uses: readonly { limit: string }[]) => void used.push(...uses.map(({ limit }) => limit)) };
  const field: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } };
  const who = { viewer: { userId: 'usr_1', sid: 's', roles: ['ATTENDEE' as const] }, address: '127.0.0.1', sid: 's' };
  try {
    await limitMutations(rateLimits, mutationType, [field], {}, who);
  } catch (error) {
    // A counted mutation reads its arguments first, and these are missing.
    if (!/was not provided/.test(String(error))) throw error;
    used.push('counted');
  }
  return used;
}

describe('the limits of mutations', () => {
  it('know every mutation of the API: it is counted, or named here as one that need not be', async () => {
    const counted: string[] = [];
    for (const name of Object.keys(mutationType.getFields())) if ((await usesOf(name)).length > 0) counted.push(name);
    expect([...counted, ...NOT_COUNTED].toSorted()).toEqual(Object.keys(mutationType.getFields()).toSorted());
  });
});
