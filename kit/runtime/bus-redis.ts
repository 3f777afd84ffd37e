import { z } from 'zod';
import type { RedisClient } from './redis.ts';
import type { Logger } from './logger.ts';
import type { DomainEvent, DomainEventBus, Subscription } from './bus.ts';
import { domainEventSchema, MarkMoved } from './bus.ts';

// The braces keep a stream and its mark in one Cluster slot: they change together.
const streamKey = (source: string): string => `bus:{${source}}`;
const markKey = (source: string): string => `outbox-mark:{${source}}`;

const PUBLISH = `
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'event', ARGV[4])
redis.call('SET', KEYS[2], ARGV[2])
return 1`;

/** Events stay readable for consumers that were away; beyond this the outbox still has them for 7 days. */
const STREAM_MAX_LENGTH = 100_000;
/** An event whose consumer died is taken over by another after this. */
const CLAIM_IDLE_MS = 10_000;
const BATCH = 50;
const BLOCK_MS = 1_000;

const entriesSchema = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));
/** XAUTOCLAIM: next cursor, entries, ids of deleted ones. */
const claimedSchema = z.tuple([z.string(), entriesSchema]).rest(z.unknown());
/** XREADGROUP: per stream its entries; nothing when the wait ran out. */
const readSchema = z.array(z.tuple([z.string(), entriesSchema])).nullable();

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Null where nobody can make anything of it: asking again would not help. */
function parseEvent(raw: string | undefined): DomainEvent | null {
  try {
    return domainEventSchema.parse(JSON.parse(raw ?? ''));
  } catch {
    return null;
  }
}

/** `connect` opens a connection of its own for each subscription: XREADGROUP blocks it. */
export function createRedisStreamsBus(deps: {
  redis: RedisClient;
  connect: (name: string) => Promise<RedisClient>;
  logger: Logger;
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
    const connection = await deps.connect(`bus:${options.group}`);
    let closed = false;

    // MKSTREAM and id 0: a group made again after a flush reads everything that was sent again since.
    async function ensureGroups(): Promise<void> {
      for (const source of options.sources) {
        try {
          await connection.xgroup('CREATE', streamKey(source), options.group, '0', 'MKSTREAM');
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
        }
      }
    }

    async function deliver(key: string, entries: readonly [id: string, fields: string[] | null][]): Promise<void> {
      for (const [id, fields] of entries) {
        if (closed) return;
        const event = parseEvent(fields?.[1]);
        if (event) {
          try {
            await options.onEvent(event);
          } catch (error) {
            // Not acknowledged: it comes again, here or at another member, through XAUTOCLAIM.
            deps.logger.warn({ err: error, event: event.id, type: event.type }, 'a domain event could not be consumed; it will come again');
            continue;
          }
        } else deps.logger.error({ entry: id, key }, 'an unreadable entry on the bus was skipped');
        await connection.xack(key, options.group, id);
      }
    }

    async function takeOver(): Promise<void> {
      for (const source of options.sources) {
        const key = streamKey(source);
        const [, entries] = claimedSchema.parse(
          await connection.xautoclaim(key, options.group, options.member, CLAIM_IDLE_MS, '0', 'COUNT', BATCH),
        );
        await deliver(key, entries);
      }
    }

    async function readOnce(): Promise<void> {
      const keys = options.sources.map(streamKey);
      const reply = readSchema.parse(
        await connection.xreadgroup(
          'GROUP',
          options.group,
          options.member,
          'COUNT',
          BATCH,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          ...keys,
          ...keys.map(() => '>'),
        ),
      );
      for (const [key, entries] of reply ?? []) await deliver(key, entries);
    }

    async function loop(): Promise<void> {
      let nextTakeOver = 0;
      while (!closed) {
        try {
          if (Date.now() >= nextTakeOver) {
            nextTakeOver = Date.now() + CLAIM_IDLE_MS / 2;
            await takeOver();
          }
          await readOnce();
        } catch (error) {
          if (closed) return;
          const flushed = error instanceof Error && error.message.startsWith('NOGROUP');
          if (!flushed) {
            deps.logger.warn({ err: error, group: options.group }, 'the bus cannot be read; trying again');
            await wait(200);
          }
          await ensureGroups().catch(() => wait(500));
        }
      }
    }

    await ensureGroups();
    const running = loop();
    const subscription: Subscription = {
      close: async () => {
        if (closed) return;
        closed = true;
        subscriptions.delete(subscription);
        // Ends a blocked read at once; what was read and not acknowledged comes again.
        connection.disconnect();
        await running;
      },
    };
    subscriptions.add(subscription);
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
