import { connectBus } from '../connect-bus.ts';
import { silentLogger } from '../logger.ts';

/** A consumer that takes what it gets and never ends, until it is killed. Says over IPC that it has joined, and what it was given. */
const [address, source, group] = process.argv.slice(2);
const { amqpUrl, redisUrl } = JSON.parse(address ?? '{}') as { amqpUrl?: string; redisUrl?: string };
const bus = await connectBus({ amqpUrl, redisUrl: redisUrl ?? '', name: 'member', logger: silentLogger });
await bus.subscribe({
  sources: [source ?? ''],
  group: group ?? '',
  member: 'to-be-killed',
  onEvent: (event) => {
    process.send?.({ took: event.aggregateId });
    return new Promise(() => undefined);
  },
});
process.send?.({ joined: true });
// Whoever started us is gone.
process.on('disconnect', () => process.exit(1));
