import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStream } from '../../router/testing/sse-client.ts';
import { openSocket } from '../../router/testing/ws-client.ts';
import type { World } from '../../router/testing/world.ts';
import { startWorld } from '../../router/testing/world.ts';

const PING = 'query Ping { ping }';
const ID = `sha256:${createHash('sha256').update(PING).digest('hex')}`;
const OTHER = '{ events(count: 1) { id } }';

describe('a router that serves persisted operations only', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safelist-'));
    const persistedDocumentsPath = join(folder, 'persisted-documents.json');
    await writeFile(persistedDocumentsPath, JSON.stringify({ [ID]: PING }));
    world = await startWorld({ settings: { persistedDocumentsPath } });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  it('serves them over HTTP, by POST and by GET', async () => {
    expect((await world.ask('', { body: JSON.stringify({ documentId: ID }) })).data).toEqual({ ping: 'pong' });
    const hash = ID.slice('sha256:'.length);
    const apollo = { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
    expect((await world.ask('', { body: JSON.stringify(apollo) })).data).toEqual({ ping: 'pong' });
    const get = await fetch(`${world.origin}/graphql?documentId=${ID}`, { headers: { 'apollo-require-preflight': 'yes' } });
    expect(await get.json()).toEqual({ data: { ping: 'pong' } });
  });

  it('refuses any other, whatever carries it', async () => {
    const refused = await world.ask(OTHER);
    expect([refused.status, refused.errors[0]?.extensions['code']]).toEqual([400, 'PERSISTED_QUERY_REQUIRED']);
    const registering = {
      query: OTHER,
      extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(OTHER).digest('hex') } },
    };
    expect((await world.ask('', { body: JSON.stringify(registering) })).errors[0]?.extensions['code']).toBe('PERSISTED_QUERY_NOT_FOUND');
    const get = await fetch(`${world.origin}/graphql?query=${encodeURIComponent(OTHER)}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(get.status).toBe(400);
    const batch = await world.ask('', { body: JSON.stringify([{ query: OTHER }]) });
    expect(batch.status).toBe(400);
    const stream = await openStream(`${world.origin}/graphql`, { body: { query: OTHER } });
    expect((await stream.refusal()).errors[0]?.extensions['code']).toBe('PERSISTED_QUERY_REQUIRED');
    const socket = await openSocket(world.wsUrl);
    socket.subscribe('1', OTHER);
    expect(await socket.frame('1', 'error')).toMatchObject({ payload: [{ extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }] });
    socket.send({ id: '2', type: 'subscribe', payload: { query: '', documentId: ID } });
    expect((await socket.event('2', 0)).data).toEqual({ ping: 'pong' });
    socket.close();
  });
});
