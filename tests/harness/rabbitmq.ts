import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'rabbitmq-client';
import { wait } from '../../kit/values/wait.ts';
import { newId } from '../../kit/values/ids.ts';
import { freePort } from '../../local/redis.ts';

/** Debian's script in PATH becomes another user; this one runs as whoever we are. */
const DEBIAN_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const SERVER = existsSync(DEBIAN_SERVER) ? DEBIAN_SERVER : 'rabbitmq-server';
const READY_WITHIN_MS = 60_000;

export type RabbitMqBroker = {
  readonly url: string;
  /**
   * RabbitMQ writes down which quorum queues there are every half second; one made later than that before a kill is there afterwards, and answers nothing
   * until it is deleted (3.10).
   */
  readonly settled: () => Promise<void>;
  /** SIGKILL: nothing is said goodbye to. */
  readonly kill: () => Promise<void>;
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** After `kill`, with what it has kept. */
  readonly start: () => Promise<void>;
  /** While it is not running: all of it gone, or put aside and back. */
  readonly empty: () => void;
  readonly keepCopy: () => () => void;
  readonly close: () => Promise<void>;
};

/** A broker of our own: its ports, node name, cookie and files are nobody else's, it listens on the loopback alone, and has no plugins. */
export async function startRabbitMq(): Promise<RabbitMqBroker> {
  const home = mkdtempSync(join(tmpdir(), 'seatgraph-rabbitmq-'));
  const kept = join(home, 'kept');
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(home, 'plugins'), '[].');
  writeFileSync(join(home, 'rabbitmq.conf'), `listeners.tcp.local = 127.0.0.1:${port}\nlog.console = false\nlog.file = false\n`);
  mkdirSync(kept);
  const environment = {
    // oxlint-disable-next-line node/no-process-env -- the script looks for erl there
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `${newId('bus').replace(/[^a-z0-9]/gi, '')}@localhost`,
    RABBITMQ_MNESIA_BASE: kept,
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'plugins'),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  // Erlang's name server; started by the broker it would outlive it, and not be ours to end.
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { stdio: 'ignore' });
  let server: ChildProcess | null = null;

  /** The server's script is a shell with the server below it: a group of their own, ended together. */
  function signalGroup(signal: NodeJS.Signals): void {
    if (server?.pid !== undefined && server.exitCode === null && server.signalCode === null) process.kill(-server.pid, signal);
  }

  async function kill(): Promise<void> {
    const running = server;
    server = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    process.kill(-(running.pid ?? 0), 'SIGKILL');
    await ended;
  }

  async function start(): Promise<void> {
    const output: string[] = [];
    const child = spawn(SERVER, [], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    server = child;
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const failed = once(child, 'exit').then(() => Promise.reject(new Error(`RabbitMQ ended at once: ${output.join('').slice(-2_000)}`)));
    failed.catch(() => undefined);
    await Promise.race([failed, answers(url)]);
  }

  async function close(): Promise<void> {
    signalGroup('SIGCONT');
    await kill();
    epmd.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    settled: () => wait(1_000),
    kill,
    signal: signalGroup,
    start,
    empty: () => {
      rmSync(kept, { recursive: true });
      mkdirSync(kept);
    },
    keepCopy: () => {
      const copy = join(home, newId('copy'));
      cpSync(kept, copy, { recursive: true });
      return () => {
        rmSync(kept, { recursive: true });
        cpSync(copy, kept, { recursive: true });
      };
    },
    close,
  };
}

async function answers(url: string): Promise<void> {
  const connection = new Connection({ url, retryLow: 50, retryHigh: 100 });
  // Refusals are expected until it listens.
  connection.on('error', () => undefined);
  try {
    await connection.onConnect(READY_WITHIN_MS);
    await connection.close();
  } catch (error) {
    connection.unsafeDestroy();
    throw error;
  }
}
