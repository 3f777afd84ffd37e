import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, messageFrame, rawCommand } from './raw-client.ts';
import { startStore, type Store } from './server.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore({ dataDir: null, testCommands: true });
});
afterAll(() => store.close());

describe('the wire', () => {
  it('takes messages in pieces and several at once, and answers in order', async () => {
    const frames = Buffer.concat([
      messageFrame({ ping: 1, $db: 'admin' }),
      messageFrame({ sneaky: 1, $db: 'admin' }),
      messageFrame({ buildInfo: 1, $db: 'admin' }),
    ]);
    const bytes = Array.from({ length: frames.length }, (_, i) => frames.subarray(i, i + 1));
    for (const chunks of [bytes, [frames]]) {
      expect(await exchange(store.port, chunks, 3)).toMatchObject([
        { ok: 1 },
        { ok: 0, code: 59, codeName: 'CommandNotFound' },
        { ok: 1, version: '8.0.0' },
      ]);
    }
  });

  it('says everything the driver chooses its behaviour by', async () => {
    const address = new URL(store.uri).host;
    expect(await rawCommand(store.port, { hello: 1, $db: 'admin' })).toMatchObject({
      ok: 1,
      isWritablePrimary: true,
      setName: 'rs0',
      hosts: [address],
      me: address,
      maxWireVersion: 25,
      logicalSessionTimeoutMinutes: 30,
    });
  });

  it('closes the connection on what is not the protocol, and goes on serving others', async () => {
    expect(await exchange(store.port, [Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')], 1)).toEqual([]);
    expect(await rawCommand(store.port, { ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  });

  it('fails as a fail point says, so often as it says', async () => {
    await rawCommand(store.port, {
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['find'], errorCode: 11600 },
      $db: 'admin',
    });
    expect(await rawCommand(store.port, { find: 'c', $db: 'd' })).toMatchObject({ ok: 0, code: 11600 });
    expect(await rawCommand(store.port, { find: 'c', $db: 'd' })).toMatchObject({ ok: 1 });
  });
});
