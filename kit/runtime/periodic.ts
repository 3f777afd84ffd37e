import type { Logger } from './logger.ts';

/**
 * Runs `task` again and again, `everyMilliseconds` after the last run ended, never twice at once; `trigger` starts the next run now.
 * A failure is logged and the next run comes as usual. `close` waits for a run in progress.
 */
export function runPeriodically(settings: { name: string; everyMilliseconds: number; logger: Logger; task: () => Promise<void> }) {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;

  async function run(): Promise<void> {
    do {
      again = false;
      try {
        await settings.task();
      } catch (error) {
        if (!closed) settings.logger.warn({ err: error, task: settings.name }, 'periodic task failed; it runs again');
      }
    } while (again && !closed);
  }

  function start(): void {
    if (closed) return;
    if (running) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = run().finally(() => {
      running = null;
      if (!closed) timer = setTimeout(start, settings.everyMilliseconds);
    });
  }

  timer = setTimeout(start, settings.everyMilliseconds);
  return {
    trigger: start,
    close: async (): Promise<void> => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
