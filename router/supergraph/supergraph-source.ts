import { readFile, stat } from 'node:fs/promises';
import type { Logger } from '../../kit/runtime/logger.ts';
import { runPeriodically } from '../../kit/runtime/periodic.ts';
import type { Supergraph } from './supergraph.ts';
import { loadSupergraph } from './supergraph.ts';

/** The supergraph as it is now. `current` may change between two calls: take it once per request. */
export type SupergraphSource = {
  readonly current: () => Supergraph;
  readonly onChange: (listener: (supergraph: Supergraph) => void) => () => void;
  readonly close: () => void;
};

const WATCH_EVERY_MS = 1_000;

/** Reads the file now, and again whenever it changes; a text that cannot be served is logged and the one before stays. */
export async function watchSupergraph(deps: { path: string; logger: Logger; everyMilliseconds?: number }): Promise<SupergraphSource> {
  let seen = await stampOf(deps.path);
  let current = loadSupergraph(await readFile(deps.path, 'utf8'));
  const listeners = new Set<(supergraph: Supergraph) => void>();

  async function reload(): Promise<void> {
    try {
      const sdl = await readFile(deps.path, 'utf8');
      if (sdl === current.sdl) return;
      current = loadSupergraph(sdl);
    } catch (error) {
      deps.logger.error({ err: error }, 'the changed supergraph cannot be served; the one before stays');
      return;
    }
    deps.logger.info('the supergraph was swapped in');
    for (const listener of listeners) {
      try {
        listener(current);
      } catch (error) {
        deps.logger.error({ err: error }, 'not all of the router could follow the swap of the supergraph');
      }
    }
  }

  // Polling: a file mounted from a Kubernetes ConfigMap is a symbolic link that is swapped, which inotify on the old target never tells. Not by
  // watchFile: what changed between our reading and its first look is no change to it.
  const looking = runPeriodically({
    name: 'supergraph',
    everyMilliseconds: deps.everyMilliseconds ?? WATCH_EVERY_MS,
    logger: deps.logger,
    task: async () => {
      const stamp = await stampOf(deps.path);
      if (stamp === seen) return;
      seen = stamp;
      await reload();
    },
  });

  return {
    current: () => current,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      void looking.close();
      listeners.clear();
    },
  };
}

/** What tells one state of a file from another. Taken before it is read: a change meanwhile costs one reading more, and is not missed. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join();
  } catch {
    return 'not there';
  }
}
