import { once } from 'node:events';
import { startStoreProcess } from '../../../local/store-process.ts';

/** The embedded store as a process of its own, on a port and a directory that it keeps. */
export async function startStoreServer(settings: { dataDir: string; port: number }) {
  let store = await startStoreProcess(settings);
  return {
    uri: store.uri,
    async kill(): Promise<void> {
      store.process.kill('SIGKILL');
      await once(store.process, 'exit');
    },
    async start(): Promise<void> {
      store = await startStoreProcess(settings);
    },
    close: (): Promise<void> => store.close(),
  };
}
