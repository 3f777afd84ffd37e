import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * The suite against a real MongoDB. mongodb-memory-server downloads one, which a checkout must not do by itself: so it is
 * no dependency, and whoever wants this installs its core, which downloads nothing until it is asked to.
 */

interface ReplicaSet {
  getUri(): string;
  stop(): Promise<unknown>;
}
interface MemoryServer {
  MongoMemoryReplSet: { create(options: object): Promise<ReplicaSet> };
}

function stopWith(reason: string): never {
  process.stdout.write(`test:mongod: not run, because ${reason}\n`);
  process.exit(1);
}

function loadMemoryServer(): MemoryServer {
  try {
    return createRequire(import.meta.url)('mongodb-memory-server-core') as MemoryServer;
  } catch {
    return stopWith('mongodb-memory-server-core is not installed (npm install --no-save --ignore-scripts mongodb-memory-server-core)');
  }
}

const { MongoMemoryReplSet } = loadMemoryServer();
const server = await MongoMemoryReplSet.create({ replSet: { count: 1, storageEngine: 'wiredTiger' } }).catch((error: unknown) =>
  stopWith(`no MongoDB could be downloaded and started: ${String(error).split('\n')[0] ?? ''}`),
);
try {
  const child = spawn('npm', ['test'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
    // oxlint-disable-next-line node/no-process-env -- the suite runs as its user would run it, with another database
    env: { ...process.env, MONGO_URL: server.getUri() },
  });
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
} finally {
  await server.stop();
}
