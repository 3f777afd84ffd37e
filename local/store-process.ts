import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sourceCommand } from './source-command.ts';

export type StoreProcess = { readonly uri: string; readonly process: ChildProcess; readonly close: () => Promise<void> };

/** The embedded document store as a process of its own; `dataDir: null` keeps nothing on disk. Resolves when it takes connections. */
export async function startStoreProcess(options: { dataDir: string | null; port?: number }): Promise<StoreProcess> {
  const { command, args } = sourceCommand('local/mongo/main');
  const child = spawn(
    command,
    [...args, '--port', String(options.port ?? 0), ...(options.dataDir === null ? ['--memory'] : ['--data', options.dataDir])],
    {
      // The IPC channel closes with this process, however it ends, and the store ends with it.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  );
  const complaints: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  if (!child.stdout) throw new Error('The document store says nothing.');
  const lines = createInterface({ input: child.stdout });
  const uri = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /mongodb:\/\/\S+/.exec(line);
      if (found) resolve(found[0]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(complaints.join('').trim() || 'The document store ended at once.')));
  });
  return {
    uri,
    process: child,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await once(child, 'exit');
      clearTimeout(forced);
    },
  };
}
