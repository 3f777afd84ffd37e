import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { startOrders } from './start.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const environment = process.env;
const logger = createLogger({ name: 'orders', level: environment['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async (lifecycle) => {
  logger.info({ address: await startOrders(environment, logger, lifecycle) }, 'orders is ready');
});
