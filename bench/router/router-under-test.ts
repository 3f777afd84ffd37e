import { newKey } from '../../router/testing/session-authority.ts';
import { startPrivateRedis } from '../../local/redis.ts';
import type { RoleProcess } from './ipc.ts';
import { startRole } from './ipc.ts';

export type RouterUnderTest = {
  readonly origin: string;
  readonly router: RoleProcess;
  readonly subgraphs: RoleProcess;
  readonly stop: () => Promise<void>;
};

/** A router, its subgraphs and Redis, each a process; `urls` in place of a subgraph's own. */
export async function startRouterUnderTest(options: { seats: number; urls?: Record<string, string> }): Promise<RouterUnderTest> {
  const [redis, key] = await Promise.all([startPrivateRedis({ dataDir: null }), newKey('router')]);
  const subgraphs = await startRole('subgraphs', { jwks: { keys: [key.publicKey] }, seats: options.seats });
  const urls = { ...(await subgraphs.ask<Record<string, string>>('urls')), ...options.urls };
  const router = await startRole('router', { urls, redisUrl: redis.url, key: key.privateKey });
  return {
    origin: await router.ask<string>('origin'),
    router,
    subgraphs,
    stop: async () => {
      await Promise.all([router.stop(), subgraphs.stop()]);
      await redis.close();
    },
  };
}
