import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer } from './test-bed.ts';
import { ADMIN, anonymous, codes, issuePaths, LOG_IN, SIGN_UP, startAuth } from './test-bed.ts';

let auth: Awaited<ReturnType<typeof startAuth>>;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const pageSchema = z.object({
  edges: z.array(z.object({ node: z.object({ email: z.string() }) })),
  pageInfo: z.object({ hasNextPage: z.boolean(), hasPreviousPage: z.boolean(), endCursor: z.string() }),
});
const signUp = (input: Record<string, unknown>): Promise<Answer> =>
  auth.post(SIGN_UP, { input: { email: 'x@example.org', password: 'a-fine-passphrase', displayName: 'X', ...input } }, anonymous);
const users = () => auth.mongo.db.collection<{ _id: string; email: string; roles: string[]; passwordHash: string }>('users');

describe('signing up', () => {
  it('makes an attendee, signed in, under the folded address', async () => {
    const client = auth.browser();
    const answer = await client.ask(SIGN_UP, {
      input: { email: '  Grace@Example.ORG ', password: 'a-fine-passphrase', displayName: ' Grace  ' },
    });
    expect(answer.data?.['signUp']).toMatchObject({ __typename: 'SignedIn', user: { email: 'grace@example.org', roles: ['ATTENDEE'] } });
    expect((await client.ask('{ me { displayName createdAt } }')).data?.['me']).toMatchObject({ displayName: 'Grace' });
  });

  it('lets one of ten simultaneous sign-ups with one address through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => signUp({ email: index % 2 ? 'race@example.org' : 'RACE@example.org' })),
    );
    const kinds = answers.map((answer) => answer.data?.['signUp']['__typename']);
    expect(kinds.filter((kind) => kind === 'SignedIn')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'EmailTaken')).toHaveLength(9);
    expect(await users().countDocuments({ email: 'race@example.org' })).toBe(1);
  });

  it('names every problem of the input at once and makes nothing', async () => {
    const answer = await signUp({ email: 'bad@example.org', password: 'short', displayName: '\u0007' });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(issuePaths(answer)).toEqual(['input.displayName', 'input.password']);
    expect(await users().findOne({ email: 'bad@example.org' })).toBeNull();
  });

  it('refuses common, too long and too short passwords, counting code points', async () => {
    for (const password of ['password1', 'QWERTYUIOP', 'aaaaaaaaaaaa', '🎟'.repeat(7), 'é'.repeat(129)])
      expect({ password, codes: codes(await signUp({ password })) }).toEqual({ password, codes: ['BAD_USER_INPUT'] });
    expect((await signUp({ email: 'tickets@example.org', password: '🎟🎫🎪🎭🎬🎤🎧🎼' })).data?.['signUp']['__typename']).toBe('SignedIn');
  });
});

describe('logging in', () => {
  it('gives one answer for a wrong password and for an unknown address', async () => {
    await auth.signedUp('known@example.org', 'a-fine-passphrase');
    const wrong = await auth.post(LOG_IN, { input: { email: 'known@example.org', password: 'not-the-passphrase' } }, anonymous);
    const unknown = await auth.post(LOG_IN, { input: { email: 'unknown@example.org', password: 'not-the-passphrase' } }, anonymous);
    expect(wrong.data).toEqual(unknown.data);
    expect(wrong.data?.['logIn']).toMatchObject({ __typename: 'InvalidCredentials', path: [] });
    expect(wrong.extensions).toBeUndefined();
  });

  it('takes the address in any case and the password in either Unicode form', async () => {
    await auth.signedUp('forms@example.org', 'caf\u00e9-passphrase');
    const client = await auth.loggedIn({ email: 'FORMS@example.org', password: 'cafe\u0301-passphrase' });
    expect(client.claims()).toMatchObject({ gen: 1 });
  });

  it('hashes anew what was hashed with older parameters', async () => {
    await auth.signedUp('old@example.org', 'a-fine-passphrase');
    const { hash } = await import('@node-rs/argon2');
    await users().updateOne(
      { email: 'old@example.org' },
      { $set: { passwordHash: await hash('a-fine-passphrase', { memoryCost: 8_192, timeCost: 2, parallelism: 1 }) } },
    );
    await auth.loggedIn({ email: 'old@example.org', password: 'a-fine-passphrase' });
    expect((await users().findOne({ email: 'old@example.org' }))?.passwordHash).toContain('m=47104,t=1,p=1');
    await auth.loggedIn({ email: 'old@example.org', password: 'a-fine-passphrase' });
  });
});

describe('the list of users', () => {
  it('comes newest first, in pages without gaps or repeats, while accounts are added', async () => {
    const admin = await auth.loggedIn(ADMIN);
    const made = Array.from({ length: 7 }, (_, index) => `page${index}@pages.example.org`);
    for (const email of made) await auth.signedUp(email);
    const query =
      'query ($after: String) { users(first: 3, after: $after, search: "pages.example") { edges { node { email } } pageInfo { hasNextPage hasPreviousPage endCursor } } }';
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 1; ; page += 1) {
      const answer: Answer = await admin.ask(query, { after });
      const { edges, pageInfo } = pageSchema.parse(answer.data?.['users']);
      seen.push(...edges.map((edge) => edge.node.email));
      expect(pageInfo.hasPreviousPage).toBe(page > 1);
      await auth.signedUp(`later${page}@pages.example.org`);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(made.toReversed());
  });

  it('searches addresses and names for the text itself, not for a pattern', async () => {
    const admin = await auth.loggedIn(ADMIN);
    await signUp({ email: 'dots@example.org', displayName: 'A.B (C)' });
    const names = async (search: string) =>
      (
        (await admin.ask('query ($search: String) { users(search: $search) { edges { node { displayName } } } }', { search })).data?.[
          'users'
        ].edges ?? []
      ).map((edge: { node: { displayName: string } }) => edge.node.displayName);
    expect(await names('a.b (c')).toEqual(['A.B (C)']);
    expect(await names('a.*c')).toEqual([]);
  });

  it('refuses page sizes and cursors that it never gave', async () => {
    const admin = await auth.loggedIn(ADMIN);
    expect(issuePaths(await admin.ask('{ users(first: 0) { edges { cursor } } }'))).toEqual(['first']);
    expect(issuePaths(await admin.ask('{ users(first: 101) { edges { cursor } } }'))).toEqual(['first']);
    expect(issuePaths(await admin.ask('{ users(after: "WyJldmVudHMiLDEsIngiXQ") { edges { cursor } } }'))).toEqual(['after']);
  });
});
