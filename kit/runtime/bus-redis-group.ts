import { z } from 'zod';
import { BURY, FORGET_MEMBERS, deadLettersKey, streamKey } from './bus-redis-scripts.ts';
import type { DomainEvent, DomainEventBus, Redelivery } from './bus.ts';
import { CLOSE_WAIT_MS, DEAD_LETTERS_KEPT, readDomainEvent } from './bus.ts';
import { isConnectionFailure } from './connection-failure.ts';
import type { Logger } from './logger.ts';
import { settledWithin } from './deadline.ts';
import { wait } from '../values/wait.ts';
import type { RedisClient } from './redis.ts';

const BATCH = 50;
const BLOCK_MS = 1_000;

const entriesSchema = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));
/** XAUTOCLAIM: next cursor, entries, ids of deleted ones. */
const claimedSchema = z.tuple([z.string(), entriesSchema]).rest(z.unknown());
/** XREADGROUP: per stream its entries; nothing when the wait ran out. */
const readSchema = z.array(z.tuple([z.string(), entriesSchema])).nullable();
/** XPENDING: id, member, idle, deliveries. */
const pendingSchema = z.array(z.tuple([z.string(), z.string(), z.number(), z.number()]));

const FIRST_CURSOR = '0-0';

/** One member of a group, reading on a connection of its own: XREADGROUP blocks it. */
export function createRedisGroupReader(
  deps: {
    connection: RedisClient;
    /** Not blocked; for what is done after `connection` is closed. */
    redis: RedisClient;
    logger: Logger;
    redelivery: Redelivery;
    forgetMembersAfterMilliseconds: number;
  },
  options: Parameters<DomainEventBus['subscribe']>[0],
) {
  const { connection, logger, redelivery } = deps;
  const { group, member } = options;
  const streams = new Map(options.sources.map((source) => [streamKey(source), source]));
  let closed = false;
  /** Where the look at what others left goes on, for each stream that is not looked through yet. */
  const cursors = new Map<string, string>();

  // MKSTREAM and id 0: a group made again after a flush reads everything that was sent again since.
  async function ensureGroups(): Promise<void> {
    for (const key of streams.keys()) {
      try {
        await connection.xgroup('CREATE', key, group, '0', 'MKSTREAM');
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
      }
    }
  }

  /** Not acknowledged, it comes again, here or at another member, through XAUTOCLAIM. */
  async function refuse(key: string, id: string, event: DomainEvent, error: unknown): Promise<void> {
    const [pending] = pendingSchema.parse(await connection.xpending(key, group, id, id, 1));
    // Another member has taken it over and is done with it.
    if (!pending) return;
    const [, , , deliveries] = pending;
    const about = { err: error, event: event.id, type: event.type, group, deliveries };
    const excused = isConnectionFailure(error);
    if (excused || deliveries < redelivery.deliveries) {
      logger.warn(about, 'a domain event could not be consumed; it will come again');
      if (excused) await connection.xclaim(key, group, member, 0, id, 'RETRYCOUNT', deliveries - 1, 'JUSTID');
      return;
    }
    const name = error instanceof Error ? error.name : typeof error;
    const deadLetters = deadLettersKey(streams.get(key) ?? '');
    await connection.eval(BURY, 2, key, deadLetters, group, id, String(DEAD_LETTERS_KEPT), JSON.stringify(event), name);
    logger.error(about, 'a domain event could not be consumed; it went to the dead letters');
  }

  async function deliver(key: string, entries: readonly [id: string, fields: string[] | null][]): Promise<void> {
    for (const [id, fields] of entries) {
      if (closed) return;
      const event = readDomainEvent(fields?.[1] ?? null);
      if (event) {
        try {
          await options.onEvent(event);
        } catch (error) {
          await refuse(key, id, event, error);
          continue;
        }
      } else logger.error({ entry: id, key }, 'an unreadable entry on the bus was skipped');
      await connection.xack(key, group, id);
    }
  }

  /** One page of each stream, so that what is new waits for no more than that. True once everything was looked through. */
  async function takeOver(): Promise<boolean> {
    if (cursors.size === 0) for (const key of streams.keys()) cursors.set(key, FIRST_CURSOR);
    for (const [key, cursor] of cursors) {
      const [next, entries] = claimedSchema.parse(
        await connection.xautoclaim(key, group, member, redelivery.afterMilliseconds, cursor, 'COUNT', BATCH),
      );
      if (next === FIRST_CURSOR) cursors.delete(key);
      else cursors.set(key, next);
      await deliver(key, entries);
    }
    return cursors.size === 0;
  }

  async function read(blockMilliseconds: number): Promise<void> {
    const keys = [...streams.keys()];
    const toEach = keys.map(() => '>');
    const reply = readSchema.parse(
      await connection.xreadgroup('GROUP', group, member, 'COUNT', BATCH, 'BLOCK', blockMilliseconds, 'STREAMS', ...keys, ...toEach),
    );
    for (const [key, entries] of reply ?? []) await deliver(key, entries);
  }

  /** Every process makes a member of its own, and most die without a word. */
  async function forgetMembers(redis: RedisClient, idleMilliseconds: number, only = ''): Promise<void> {
    for (const key of streams.keys()) await redis.eval(FORGET_MEMBERS, 1, key, group, String(idleMilliseconds), only);
  }

  async function loop(): Promise<void> {
    let nextLook = 0;
    let nextForgetting = 0;
    while (!closed) {
      try {
        if (Date.now() >= nextForgetting) {
          await forgetMembers(connection, deps.forgetMembersAfterMilliseconds);
          nextForgetting = Date.now() + deps.forgetMembersAfterMilliseconds / 6;
        }
        if (Date.now() >= nextLook && (await takeOver())) nextLook = Date.now() + redelivery.afterMilliseconds / 2;
        await read(Math.min(Math.max(nextLook - Date.now(), 1), BLOCK_MS));
      } catch (error) {
        if (closed) return;
        const flushed = error instanceof Error && /NOGROUP|no such key/.test(error.message);
        if (!flushed) {
          logger.warn({ err: error, group }, 'the bus cannot be read; trying again');
          await wait(200);
        }
        await ensureGroups().catch(() => wait(500));
      }
    }
  }

  let running: Promise<void> | null = null;
  return {
    start: async (): Promise<void> => {
      await ensureGroups();
      running = loop();
    },
    close: async (): Promise<void> => {
      if (closed) return;
      closed = true;
      // Ends a blocked read at once; what was read and not acknowledged comes again.
      connection.disconnect();
      if (running && !(await settledWithin(CLOSE_WAIT_MS, running))) logger.warn({ group }, 'closed while a consumer was still at work');
      // With Redis away another member does it later.
      await forgetMembers(deps.redis, 0, member).catch(() => undefined);
    },
  };
}
