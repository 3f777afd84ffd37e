import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { StartError } from '../kit/runtime/env.ts';
import type { Lifecycle } from '../kit/runtime/lifecycle.ts';
import { createLogger } from '../kit/runtime/logger.ts';
import { startRouter } from '../router/start.ts';
import { startAuth } from '../subgraphs/auth/start.ts';
import { startEvents } from '../subgraphs/events/start.ts';
import { startOrders } from '../subgraphs/orders/start.ts';
import type { Environment, ProcessName } from './settings.ts';
import { sourceCommand } from './source-command.ts';

const START = { auth: startAuth, events: startEvents, orders: startOrders, router: startRouter } as const;
const ENTRY = {
  auth: 'subgraphs/auth/main',
  events: 'subgraphs/events/main',
  orders: 'subgraphs/orders/main',
  router: 'router/main',
} as const;
/** Subgraphs first: the router is the door, and opens when there is something behind it. */
const ORDER = ['auth', 'events', 'orders', 'router'] as const;

/** Below this, four processes with a copy of the same libraries each start slower and share the same cores anyway (docs/decisions). */
const CORES_FOR_PROCESSES = 4;

export const separateProcesses = (wish: string | undefined): boolean =>
  wish === undefined ? availableParallelism() >= CORES_FOR_PROCESSES : wish === 'separate';

/** All four inside this process, each with its own settings, connections and port, as if it were alone. */
export async function runInOneProcess(settings: Record<ProcessName, Environment>, lifecycle: Lifecycle): Promise<void> {
  const start = (name: ProcessName): Promise<string> =>
    START[name](settings[name], createLogger({ name, level: settings[name]['LOG_LEVEL'] ?? 'warn' }), lifecycle);
  await Promise.all([start('auth'), start('events'), start('orders')]);
  await start('router');
}

async function runOne(name: ProcessName, environment: Environment, lifecycle: Lifecycle, onEnd: (name: string) => void): Promise<void> {
  const { command, args } = sourceCommand(ENTRY[name]);
  // The IPC channel tells the child when we are gone, even by SIGKILL; a group of its own keeps the terminal's Ctrl-C for us.
  const child: ChildProcess = spawn(command, args, {
    env: { ...environment },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    detached: true,
  });
  const complaints: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  let closing = false;
  lifecycle.onClose(name, async () => {
    closing = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 4_000);
    await once(child, 'exit');
    clearTimeout(forced);
  });
  child.once('exit', () => {
    if (!closing) onEnd(name);
  });
  const port = environment['PORT'] ?? '';
  while (!(await answers(`http://127.0.0.1:${port}/health`))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new StartError(complaints.join('').trim() || `${name} ended at once.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

/** Each a process of its own, as in production. One that ends by itself is reported to `onEnd`. */
export async function runAsProcesses(
  settings: Record<ProcessName, Environment>,
  lifecycle: Lifecycle,
  onEnd: (name: string) => void,
): Promise<void> {
  await Promise.all(ORDER.map((name) => runOne(name, settings[name], lifecycle, onEnd)));
}
