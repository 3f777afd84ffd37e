import type { Logger } from './logger.ts';

export type Closer = () => Promise<unknown> | void;

/** Everything opened registers its close; closing runs in reverse order, once, and one failure does not keep the rest open. */
export type Lifecycle = {
  readonly onClose: (name: string, close: Closer) => void;
  readonly close: () => Promise<void>;
};

export function createLifecycle(logger: Logger): Lifecycle {
  const closers: { name: string; close: Closer }[] = [];
  let closing: Promise<void> | null = null;

  async function closeAll(): Promise<void> {
    for (let entry = closers.pop(); entry; entry = closers.pop()) {
      try {
        await entry.close();
      } catch (error) {
        logger.warn({ err: error, part: entry.name }, 'could not be closed cleanly');
      }
    }
  }

  return {
    onClose: (name, close) => {
      closers.push({ name, close });
    },
    close: () => (closing ??= closeAll()),
  };
}

/** Longer than any request's deadline would keep an operator waiting; what is not done by then is safe to lose. */
const CLOSE_DEADLINE_MS = 10_000;

/**
 * Runs one process: start, then wait for SIGTERM or SIGINT, close, exit 0. A start that fails prints one line for people and exits 1.
 * A second signal exits at once.
 */
export function runProcess(logger: Logger, start: (lifecycle: Lifecycle) => Promise<void>): void {
  const lifecycle = createLifecycle(logger);
  let stopping = false;

  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const deadline = setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS);
    void lifecycle.close().then(() => {
      clearTimeout(deadline);
      process.exit(0);
    });
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Whoever started us over an IPC channel is gone, and with it whoever would end us.
  process.on('disconnect', () => stop('disconnect'));
  // A promise nobody awaited is a bug; going on in an unknown state is worse than a restart, and every write here survives one.
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });

  start(lifecycle).catch(async (error: unknown) => {
    logger.fatal(error instanceof Error && error.name === 'StartError' ? { reason: error.message } : { err: error }, 'could not start');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await lifecycle.close();
    process.exit(1);
  });
}
