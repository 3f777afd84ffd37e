import { once } from 'node:events';
import { z } from 'zod';
import { runProcess } from '../../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../../kit/runtime/logger.ts';
import type { OrdersDeps } from '../../../subgraphs/orders/app.ts';
import { startOrders } from '../../../subgraphs/orders/start.ts';
import { BUG_NAMES, BUGS } from './bugs.ts';
import { isHoldScript, rewritingScripts } from './redis-scripts.ts';

/** Orders with one seeded bug (BUG), or none; with GATE=hold its next hold waits, after its first look at the claims, until it is told to go on. */

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const environment = process.env;
const bug = BUGS[z.enum(BUG_NAMES).parse(environment['BUG'])];

function gated(deps: OrdersDeps): OrdersDeps {
  let isOpen = environment['GATE'] !== 'hold';
  const before = async (lua: string): Promise<void> => {
    if (isOpen || !isHoldScript(lua)) return;
    isOpen = true;
    process.send?.({ kind: 'at the gate' });
    await once(process, 'message');
  };
  return { ...deps, redis: rewritingScripts(deps.redis, { before }) };
}

const logger = createLogger({ name: 'orders', level: 'info' });
runProcess(logger, async (lifecycle) => {
  logger.info({ address: await startOrders(environment, logger, lifecycle, (deps) => bug(gated(deps))) }, 'orders is ready');
});
