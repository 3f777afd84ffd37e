import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { sourceCommand } from '../../../local/source-command.ts';

/** For starting, and for anything else that a process is awaited for. */
const DEADLINE_MS = 60_000;

/** One of the product's processes, with the settings that it is started with every time. */
export function createProcess(settings: {
  name: string;
  entry: string;
  environment: Record<string, string>;
  /** Part of the line that it prints once it answers. */
  readyLine: string;
  onLine: (line: string) => void;
}) {
  let child: ChildProcess | null = null;
  let { entry, environment } = settings;

  const isUp = (): boolean => child !== null && child.exitCode === null && child.signalCode === null;

  async function start(extra: Record<string, string> = {}): Promise<void> {
    if (isUp()) throw new Error(`${settings.name} runs already.`);
    const { command, args } = sourceCommand(entry);
    // The IPC channel tells the child when we are gone, even by SIGKILL.
    const started = spawn(command, args, { env: { ...environment, ...extra }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child = started;
    const { stdout, stderr } = started;
    if (!stdout || !stderr) throw new Error(`${settings.name} says nothing.`);
    const lastWords: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${settings.name} was not ready in time: ${lastWords.join('\n')}`)), DEADLINE_MS);
      for (const stream of [stdout, stderr])
        createInterface({ input: stream }).on('line', (line) => {
          lastWords.push(line);
          if (lastWords.length > 20) lastWords.shift();
          settings.onLine(`${settings.name}: ${line}`);
          if (line.includes(settings.readyLine)) resolve();
        });
      started.once('exit', () => reject(new Error(`${settings.name} ended while it started: ${lastWords.join('\n')}`)));
      started.once('exit', () => clearTimeout(late));
    });
  }

  /** Resolves with the signal or code that ended it. */
  async function ended(): Promise<string> {
    const running = child;
    if (!running) throw new Error(`${settings.name} was never started.`);
    if (isUp()) await once(running, 'exit', { signal: AbortSignal.timeout(DEADLINE_MS) });
    return running.signalCode ?? String(running.exitCode);
  }

  return {
    name: settings.name,
    isUp,
    start,
    ended,
    /** Which program stands here from its next start on. */
    become: (next: string, more: Record<string, string>): void => {
      entry = next;
      environment = { ...settings.environment, ...more };
    },
    async kill(): Promise<void> {
      if (!isUp()) return;
      child?.kill('SIGKILL');
      await ended();
    },
    freeze: (): void => void child?.kill('SIGSTOP'),
    thaw: (): void => void child?.kill('SIGCONT'),
    /** Resolves once it has stopped itself (FREEZE_AT). */
    async frozen(): Promise<void> {
      await untilState(child?.pid ?? 0, 'T');
    },
    tell: (message: Record<string, string>): void => void child?.send(message),
    /** Resolves with the next message of this kind. */
    async told(kind: string): Promise<void> {
      const running = child;
      if (!running) throw new Error(`${settings.name} was never started.`);
      const signal = AbortSignal.timeout(DEADLINE_MS);
      for (;;) {
        const [message] = (await once(running, 'message', { signal })) as [{ kind?: string }];
        if (message.kind === kind) return;
      }
    },
    async stop(): Promise<void> {
      if (!isUp()) return;
      child?.kill('SIGCONT');
      child?.kill('SIGTERM');
      const forced = setTimeout(() => child?.kill('SIGKILL'), 5_000);
      await ended();
      clearTimeout(forced);
    },
  };
}

async function untilState(pid: number, state: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    // "pid (name) state …", and a name may hold spaces and parentheses.
    if (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith(state)) return;
    if (Date.now() > deadline) throw new Error(`Process ${pid} has not stopped.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
