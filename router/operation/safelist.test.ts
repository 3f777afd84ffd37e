import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withPersistedDocument } from '../http/persisted-documents.ts';
import { openToAll, readSafelist } from './safelist.ts';

const TEXT = 'query Ping { ping }';
const hash = createHash('sha256').update(TEXT).digest('hex');

describe('the safelist', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safelist-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  async function listOf(content: unknown) {
    const path = join(folder, 'persisted-documents.json');
    await writeFile(path, JSON.stringify(content));
    return readSafelist(path);
  }

  it('serves what is listed, by either form of its id or by its very text', async () => {
    const safelist = await listOf({ [`sha256:${hash}`]: TEXT });
    expect(safelist.sourceOf({ documentId: `sha256:${hash}` })).toBe(TEXT);
    expect(safelist.sourceOf({ documentId: hash, query: '' })).toBe(TEXT);
    expect(safelist.sourceOf({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } })).toBe(TEXT);
    expect(safelist.sourceOf({ query: TEXT })).toBe(TEXT);
  });

  it.each([
    [{ query: '{ ping }' }, 'PERSISTED_QUERY_REQUIRED'],
    [{}, 'PERSISTED_QUERY_REQUIRED'],
    [{ documentId: 7, extensions: 'odd' }, 'PERSISTED_QUERY_REQUIRED'],
    [{ documentId: 'sha256:0000' }, 'PERSISTED_QUERY_NOT_FOUND'],
    [{ documentId: '__proto__' }, 'PERSISTED_QUERY_NOT_FOUND'],
    [{ query: '{ ping }', extensions: { persistedQuery: { sha256Hash: 'f'.repeat(64) } } }, 'PERSISTED_QUERY_NOT_FOUND'],
  ])('refuses %j', async (request, code) => {
    const safelist = await listOf({ [hash]: TEXT });
    expect(() => safelist.sourceOf(request)).toThrow(expect.objectContaining({ extensions: { code } }));
  });

  it('cannot be poisoned: a file whose texts are not those of its ids is not served', async () => {
    await expect(listOf({ [hash]: '{ users { id } }' })).rejects.toThrow(/not what its id says/);
    await expect(listOf({ abc: TEXT })).rejects.toThrow(/sha256/);
  });

  it('puts the text in place of the id, in a body and in an address', async () => {
    const safelist = await listOf({ [hash]: TEXT });
    expect(withPersistedDocument(safelist, { search: '', body: { documentId: hash, variables: { a: 1 } } }).body).toEqual({
      variables: { a: 1 },
      query: TEXT,
    });
    const { search } = withPersistedDocument(safelist, { search: `?documentId=${hash}&variables=%7B%7D`, body: undefined });
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({ variables: '{}', query: TEXT });
    const open = { search: '?documentId=1', body: { query: 'x' } };
    expect(withPersistedDocument(openToAll, open)).toEqual(open);
  });
});
