import type { TestProject } from 'vitest/node';
import { startPrivateRedis } from '../../local/redis.ts';
import { startStoreProcess } from '../../local/store-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    mongoUrl: string;
    redisUrl: string;
  }
}

/** One document store and one redis-server for a whole run; MONGO_URL and REDIS_URL name real ones instead. Files stay apart by database. */
// oxlint-disable-next-line import/no-default-export -- vitest loads a global setup's default export
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  // oxlint-disable-next-line node/no-process-env -- the entry point of a test run
  const { MONGO_URL, REDIS_URL } = process.env;
  const store = MONGO_URL === undefined ? await startStoreProcess({ dataDir: null }) : null;
  const redis = REDIS_URL === undefined ? await startPrivateRedis({ dataDir: null, databases: 1_000 }) : null;
  project.provide('mongoUrl', store?.uri ?? MONGO_URL ?? '');
  project.provide('redisUrl', redis?.url ?? REDIS_URL ?? '');
  return async () => {
    await Promise.all([store?.close(), redis?.close()]);
  };
}
