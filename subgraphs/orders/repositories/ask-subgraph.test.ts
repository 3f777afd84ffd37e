import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import { createAskSubgraph } from './ask-subgraph.ts';
import { createAuthClient } from './auth-client.ts';
import { createEventsClient } from './events-client.ts';

async function askingOne(answer: unknown) {
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return createAskSubgraph({ name: 'auth', url, signer: { sign: () => Promise.resolve('signed') } });
}

describe('another subgraph that is asked', () => {
  it('knows no such account when it says so without an error', async () => {
    const ask = await askingOne({ data: { _entities: [null] } });
    expect(await createAuthClient({ ask }).findBuyer('usr_1')).toBeNull();
  });

  it('has not said that an account is gone when it keeps its address to itself', async () => {
    const ask = await askingOne({ data: { _entities: [{ email: null, displayName: 'Ada' }] } });
    await expect(createAuthClient({ ask }).findBuyer('usr_1')).rejects.toBeInstanceOf(Unavailable);
  });

  it('is away, and has not said that there is nothing, when its answer has an error beside the null', async () => {
    const ask = await askingOne({ data: { _entities: [null] }, errors: [{ message: 'The database cannot be reached.' }] });
    await expect(createAuthClient({ ask }).findBuyer('usr_1')).rejects.toBeInstanceOf(Unavailable);
    await expect(createEventsClient({ ask }).findListings(['evt_1'])).rejects.toBeInstanceOf(Unavailable);
  });
});
