import { createRedisGroupReader } from './bus-redis-group.ts';
import { PUBLISH, markKey, streamKey } from './bus-redis-scripts.ts';
import type { DomainEvent, DomainEventBus, Redelivery, Subscription } from './bus.ts';
import { MarkMoved, REDELIVERY } from './bus.ts';
import type { Logger } from './logger.ts';
import type { RedisClient } from './redis.ts';

/** Events stay readable for consumers that were away; beyond this the outbox still has them for 7 days. */
const STREAM_MAX_LENGTH = 100_000;
/** A member that has not been seen for so long is dead. */
const FORGET_MEMBERS_AFTER_MS = 3_600_000;

/** `connect` opens a connection of its own for each subscription: XREADGROUP blocks it. */
export function createRedisStreamsBus(deps: {
  redis: RedisClient;
  connect: (name: string) => Promise<RedisClient>;
  logger: Logger;
  redelivery?: Redelivery;
  forgetMembersAfterMilliseconds?: number;
}): DomainEventBus {
  const subscriptions = new Set<Subscription>();

  async function publish(source: string, number: number, event: DomainEvent, believed: number | null): Promise<void> {
    const reply = await deps.redis.eval(
      PUBLISH,
      2,
      streamKey(source),
      markKey(source),
      believed === null ? '' : String(believed),
      String(Math.max(number, believed ?? 0)),
      String(STREAM_MAX_LENGTH),
      JSON.stringify(event),
    );
    if (reply !== 1) throw new MarkMoved('The bus was emptied, or another relay was faster.');
  }

  async function mark(source: string): Promise<number | null> {
    const value = await deps.redis.get(markKey(source));
    return value === null ? null : Number(value);
  }

  async function subscribe(options: Parameters<DomainEventBus['subscribe']>[0]): Promise<Subscription> {
    const reader = createRedisGroupReader(
      {
        connection: await deps.connect(`bus:${options.group}`),
        redis: deps.redis,
        logger: deps.logger,
        redelivery: deps.redelivery ?? REDELIVERY,
        forgetMembersAfterMilliseconds: deps.forgetMembersAfterMilliseconds ?? FORGET_MEMBERS_AFTER_MS,
      },
      options,
    );
    const subscription: Subscription = {
      close: async () => {
        subscriptions.delete(subscription);
        await reader.close();
      },
    };
    subscriptions.add(subscription);
    await reader.start();
    return subscription;
  }

  return {
    publish,
    mark,
    subscribe,
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
    },
  };
}
