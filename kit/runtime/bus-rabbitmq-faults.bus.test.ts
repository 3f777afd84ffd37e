import { Connection } from 'rabbitmq-client';
import type { Channel } from 'rabbitmq-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAfterTest, eventually } from '../../tests/harness/fresh.ts';
import type { RabbitMqBroker } from '../../tests/harness/rabbitmq.ts';
import { startRabbitMq } from '../../tests/harness/rabbitmq.ts';
import { freePort } from '../../local/redis.ts';
import { newId } from '../values/ids.ts';
import { EVERY_EVENT, declareGroup, declareSource, exchangeOf, groupQueueOf, lockOf, markQueueOf } from './bus-rabbitmq-topology.ts';
import { connectRabbitMqBus } from './bus-rabbitmq.ts';
import { silentLogger } from './logger.ts';
import type { BusUnderTest } from './testing/bus-rig.ts';
import { aggregatesOf, connectTo, listen, newEvent, story } from './testing/bus-rig.ts';

let broker: RabbitMqBroker;
let server: BusUnderTest;
beforeAll(async () => {
  broker = await startRabbitMq();
  server = { address: { amqpUrl: broker.url, redisUrl: '' } } as BusUnderTest;
});
afterAll(() => broker.close());

/** As an operator, or another process, would. */
async function directly(): Promise<{ connection: Connection; channel: Channel }> {
  const connection = new Connection({ url: broker.url });
  connection.on('error', () => undefined);
  closeAfterTest({ close: () => connection.unsafeDestroy() });
  return { connection, channel: await connection.acquire() };
}

/** How long `work` takes while the broker answers nothing. */
async function whileItStandsStill(work: () => Promise<void>): Promise<number> {
  broker.signal('SIGSTOP');
  try {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  } finally {
    broker.signal('SIGCONT');
  }
}

describe('a broker that stands still', () => {
  it('fails a publication within five seconds, and is used again by itself', async () => {
    const [bus, source] = [await connectTo(server), newId('src')];
    const { seen } = await listen(bus, { source });
    const took = await whileItStandsStill(async () => {
      await expect(bus.publish(source, 1, newEvent('a'), null)).rejects.toBeInstanceOf(Error);
    });
    expect(took).toBeLessThan(5_000);
    const { mark } = await eventually(
      'it answers',
      () =>
        bus.mark(source).then(
          (found) => ({ mark: found }),
          () => null,
        ),
      20_000,
    );
    await bus.publish(source, 2, newEvent('b'), mark);
    await eventually('it arrives', () => aggregatesOf(seen).includes('b'), 20_000);
  });

  it('does not keep the bus from closing', async () => {
    const bus = await connectTo(server);
    await listen(bus, { source: newId('src') });
    const took = await whileItStandsStill(() => bus.close());
    expect(took).toBeLessThan(9_000);
  });

  it('is no place to start: it says so in words', async () => {
    const url = `amqp://guest:secret@127.0.0.1:${await freePort()}`;
    const refused = connectRabbitMqBus({ url, name: 'test', logger: silentLogger });
    await expect(refused).rejects.toThrow(/^AMQP_URL: RabbitMQ cannot be reached at amqp:\/\/127\.0\.0\.1/);
  });
});

describe('what an operator deletes in use', () => {
  const DELETIONS = {
    'the mark': (channel: Channel, source: string) => channel.queueDelete(markQueueOf(source)),
    'what is in the mark’s queue': (channel: Channel, source: string) => channel.queuePurge(markQueueOf(source)),
    'a group’s queue': (channel: Channel, source: string, group: string) => channel.queueDelete(groupQueueOf(source, group)),
    'the exchange, with all that was bound to it': (channel: Channel, source: string) =>
      channel.exchangeDelete({ exchange: exchangeOf(source) }),
  };
  for (const [what, remove] of Object.entries(DELETIONS))
    it(`${what}, is made again, and nothing is lost`, async () => {
      const subgraph = await story(await connectTo(server));
      const group = newId('group');
      const { seen } = await subgraph.follow(group);
      await subgraph.tell('before');
      await eventually('it arrived', () => seen.length > 0);
      await remove((await directly()).channel, subgraph.source, group);
      await subgraph.tell('after');
      await eventually('what came after arrived', () => aggregatesOf(seen).includes('after'), 40_000);
      expect(await subgraph.times()).toEqual({ before: 1, after: 1 });
    });
});

describe('a group', () => {
  it('whose maker died before it had joined hears what it has missed', async () => {
    const subgraph = await story(await connectTo(server));
    await subgraph.tell('early');
    await eventually('it was sent', async () => (await subgraph.unsent()) === 0, 10_000);
    const [{ channel }, group] = [await directly(), newId('group')];
    await declareSource(channel, subgraph.source);
    await declareGroup(channel, subgraph.source, group);
    await channel.queueBind({
      queue: groupQueueOf(subgraph.source, group),
      exchange: exchangeOf(subgraph.source),
      routingKey: EVERY_EVENT,
    });
    const { seen } = await subgraph.follow(group);
    await eventually('it hears what was before', () => seen.length > 0, 10_000);
    expect(aggregatesOf(seen)).toContain('early');
  });

  it('that is there already takes nothing away from the mark', async () => {
    const [bus, source, group] = [await connectTo(server), newId('src'), newId('group')];
    await (await listen(bus, { source, group })).subscription.close();
    await bus.publish(source, 1, newEvent('a'), null);
    await listen(await connectTo(server), { source, group });
    expect(await bus.mark(source)).toBe(1);
  });
});

describe('whoever holds the lock', () => {
  it('keeps others from publishing, and by dying lets them', async () => {
    const [bus, source] = [await connectTo(server), newId('src')];
    await bus.publish(source, 1, newEvent('a'), null);
    const { connection, channel } = await directly();
    await channel.queueDeclare({ queue: lockOf(source), exclusive: true });
    const mark = await channel.basicGet({ queue: markQueueOf(source), noAck: false });
    expect(mark?.body).toEqual({ mark: 1 });
    const waiting = bus.publish(source, 2, newEvent('b'), 1);
    const first = await Promise.race([waiting.then(() => 'published'), new Promise((resolve) => setTimeout(() => resolve('waits'), 500))]);
    expect(first).toBe('waits');
    connection.unsafeDestroy();
    await waiting;
    expect(await bus.mark(source)).toBe(2);
  });
});
