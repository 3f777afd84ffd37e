import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Command = (argument: never) => unknown;
/** What a process of the bench does when it is told to. */
export type Commands = Readonly<Record<string, Command>>;

type Question = { readonly id: number; readonly command: string; readonly argument: unknown };

export type RoleProcess = {
  readonly ask: <Answer>(command: string, argument?: unknown) => Promise<Answer>;
  readonly stop: () => Promise<void>;
};

/** Clients, router and subgraphs are processes of their own, as in production: else they would wait for each other in one event loop. */
export async function startRole(role: string, settings: unknown): Promise<RoleProcess> {
  const child: ChildProcess = fork(fileURLToPath(new URL('../router-role.ts', import.meta.url)), [role, JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
  });
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let lastId = 0;
  const ask = <Answer>(command: string, argument?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, (answer) => resolve(answer as Answer));
      child.send({ id: lastId, command, argument }, (error) => error && reject(error));
    });
  child.once('exit', (code) => {
    if (code) process.stderr.write(`the ${role} process ended with ${code}\n`);
  });
  await ask('ready');
  return {
    ask,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export function serveCommands(commands: Commands): void {
  process.on('message', ({ id, command, argument }: Question) => {
    const run = commands[command] as ((argument: unknown) => unknown) | undefined;
    void Promise.resolve(run?.(argument)).then((answer) => process.send?.({ id, answer: answer ?? null }));
  });
  process.once('disconnect', () => process.exit(0));
}
