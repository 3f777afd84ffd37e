import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAfterTest, eventually, freshRedisUrl } from '../../tests/harness/fresh.ts';
import { newId } from '../values/ids.ts';
import { createRedisStreamsBus } from './bus-redis.ts';
import { streamKey } from './bus-redis-scripts.ts';
import type { DomainEvent, DomainEventBus } from './bus.ts';
import { silentLogger } from './logger.ts';
import type { RedisClient } from './redis.ts';
import { connectRedis } from './redis.ts';

let redis: RedisClient;
let url: string;
beforeAll(async () => {
  url = await freshRedisUrl();
  redis = await connectRedis({ url, name: 'test', logger: silentLogger });
});
afterAll(() => redis.disconnect());

function busWith(settings: { deliveries?: number; forgetMembersAfterMilliseconds?: number } = {}): DomainEventBus {
  const { deliveries = 1_000, ...rest } = settings;
  const bus = createRedisStreamsBus({
    redis,
    connect: (name) => connectRedis({ url, name, logger: silentLogger, blocking: true }),
    logger: silentLogger,
    redelivery: { afterMilliseconds: 300, deliveries },
    ...rest,
  });
  closeAfterTest(bus);
  return bus;
}

const put = (source: string, aggregateId: string): Promise<unknown> => {
  const event = { id: newId('evt'), type: 'thing.changed', aggregateId, version: 1, occurredAt: new Date(), data: {} };
  return redis.xadd(streamKey(source), '*', 'event', JSON.stringify(event));
};

/** A member that reads everything, acknowledges nothing and is never seen again. */
async function deadMember(source: string, group: string, name: string): Promise<void> {
  await redis.xgroup('CREATE', streamKey(source), group, '0', 'MKSTREAM').catch(() => undefined);
  await redis.xreadgroup('GROUP', group, name, 'COUNT', 10_000, 'STREAMS', streamKey(source), '>');
}

async function membersOf(source: string, group: string): Promise<string[]> {
  const script = `local names = {}
for _, member in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do table.insert(names, member[2]) end
return names`;
  const names = await redis.eval(script, 1, streamKey(source), group);
  return Array.isArray(names) ? names.map(String).toSorted() : [];
}

describe('what a dead member has left', () => {
  it('is all looked through, however much of it is refused', async () => {
    const [source, group] = [newId('src'), newId('group')];
    for (let count = 0; count < 1_000; count += 1) await put(source, 'hard');
    await put(source, 'easy');
    await deadMember(source, group, 'dead');
    const taken: string[] = [];
    const onEvent = async (event: DomainEvent): Promise<void> => {
      if (event.aggregateId === 'hard') throw new Error('not now');
      taken.push(event.aggregateId);
    };
    await busWith().subscribe({ sources: [source], group, member: 'alive', onEvent });
    await eventually('the one behind them', () => taken.length > 0, 10_000);
    expect(taken).toEqual(['easy']);
  });
});

describe('the names of members', () => {
  it('that were not seen for long go, unless something is left to take over from them', async () => {
    const [source, group] = [newId('src'), newId('group')];
    await deadMember(source, group, 'long gone');
    await put(source, 'in hand');
    await deadMember(source, group, 'died at work');
    const bus = busWith({ forgetMembersAfterMilliseconds: 1_000 });
    let refusals = 0;
    const onEvent = (): Promise<void> => {
      refusals += 1;
      return Promise.reject(new Error('not now'));
    };
    await bus.subscribe({ sources: [source], group, member: 'alive', onEvent });
    await eventually('it was taken over', () => refusals > 0);
    await eventually('the dead are forgotten', async () => (await membersOf(source, group)).length === 1);
    expect(await membersOf(source, group)).toEqual(['alive']);
  });

  it('go when the member closes, unless something is left to take over from it', async () => {
    const [source, group] = [newId('src'), newId('group')];
    const quiet = await busWith().subscribe({ sources: [source], group, member: 'quiet', onEvent: () => Promise.resolve() });
    await put(source, 'taken');
    await eventually('it is known', async () => (await membersOf(source, group)).includes('quiet'));
    await quiet.close();
    expect(await membersOf(source, group)).toEqual([]);

    let refused = false;
    const onEvent = (): Promise<void> => {
      refused = true;
      return Promise.reject(new Error('not now'));
    };
    const busy = await busWith().subscribe({ sources: [source], group, member: 'busy', onEvent });
    await put(source, 'refused');
    await eventually('it was refused', () => refused);
    await busy.close();
    expect(await membersOf(source, group)).toEqual(['busy']);
  });
});
