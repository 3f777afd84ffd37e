import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { createLifecycle } from '../kit/runtime/lifecycle.ts';
import { listen } from '../kit/runtime/listen.ts';
import { silentLogger } from '../kit/runtime/logger.ts';
import { closeAfterTest, freshRedisUrl } from '../tests/harness/fresh.ts';
import { startRouter } from './start.ts';
import { newKey } from './testing/session-authority.ts';

it.each(['PORT', 'METRICS_PORT'])('a router whose %s is in use does not start, and says which setting is wrong', async (setting) => {
  const other = createServer();
  const { port } = new URL(await listen(other, { host: '127.0.0.1', port: 0 }));
  closeAfterTest({ close: () => void other.close() });
  const lifecycle = createLifecycle(silentLogger);
  closeAfterTest(lifecycle);
  const { privateKey } = await newKey('router');
  const environment = {
    REDIS_URL: await freshRedisUrl(),
    IDENTITY_PRIVATE_KEY: JSON.stringify({ ...privateKey, kid: 'router' }),
    PORT: '0',
    [setting]: port,
  };
  await expect(startRouter(environment, silentLogger, lifecycle)).rejects.toMatchObject({
    name: 'StartError',
    message: `${setting}: port ${port} is in use. Stop what listens there, or set another ${setting}.`,
  });
});
