import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { startAuth } from './start.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const environment = process.env;
const logger = createLogger({ name: 'auth', level: environment['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async (lifecycle) => {
  logger.info({ address: await startAuth(environment, logger, lifecycle) }, 'auth is ready');
});
