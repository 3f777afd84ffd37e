import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { startEvents } from './start.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const environment = process.env;
const logger = createLogger({ name: 'events', level: environment['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async (lifecycle) => {
  logger.info({ address: await startEvents(environment, logger, lifecycle) }, 'events is ready');
});
