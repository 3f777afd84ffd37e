import { randomBytes } from 'node:crypto';
import { Long } from 'bson';
import { arrayPart, joinDocuments, rawDocument } from '../bson/raw.ts';
import { serializeDoc } from '../bson/value.ts';
import { toTimestamp } from '../cluster-time.ts';
import { CommandError } from '../errors.ts';

const IDLE_LIMIT_MS = 10 * 60_000;
const REPLY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Where the client leaves it to us, a reply stays small enough to be made without keeping others waiting. */
const UNASKED_LIMIT_BYTES = 2 * 1024 * 1024;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;
const FIRST_BATCH = 101;

interface Cursor {
  id: string;
  namespace: string;
  remaining: Buffer[];
  position: number;
  session: string | undefined;
  lastUsedAt: number;
}

const OK = serializeDoc({ ok: 1 });

export function createCursors(now: () => number) {
  const cursors = new Map<string, Cursor>();

  /** As many documents as the batch and one reply's sixteen megabytes hold. */
  function take(cursor: Cursor, batchSize: number): Buffer[] {
    const start = cursor.position;
    let bytes = 0;
    const limit = batchSize === UNBOUNDED ? UNASKED_LIMIT_BYTES : REPLY_LIMIT_BYTES;
    while (cursor.position < cursor.remaining.length && cursor.position - start < batchSize) {
      bytes += (cursor.remaining[cursor.position]?.length ?? 0) + 16;
      if (bytes > limit && cursor.position > start) break;
      cursor.position += 1;
    }
    return cursor.remaining.slice(start, cursor.position);
  }

  function reply(cursor: Cursor, batchName: 'firstBatch' | 'nextBatch', batch: Buffer[], open: boolean, readAt?: number): Buffer {
    const head = serializeDoc({
      id: open ? Long.fromString(cursor.id) : Long.ZERO,
      ns: cursor.namespace,
      ...(readAt === undefined ? {} : { atClusterTime: toTimestamp(readAt) }),
    });
    const body = joinDocuments(rawDocument([arrayPart(batchName, batch)]), head);
    return joinDocuments(rawDocument([{ type: 0x03, name: 'cursor', bytes: body }]), OK);
  }

  return {
    /** The reply to a command that opens a cursor. `undefined` as batch size: the server's choice. */
    open(
      namespace: string,
      results: Buffer[],
      options: { batchSize: number | undefined; single: boolean; session: string | undefined; readAt?: number | undefined },
    ): Buffer {
      const cursor: Cursor = { id: '', namespace, remaining: results, position: 0, session: options.session, lastUsedAt: now() };
      const batch = take(cursor, options.batchSize ?? FIRST_BATCH);
      const open = !options.single && cursor.position < results.length;
      if (open) {
        cursor.id = (randomBytes(6).readUIntBE(0, 6) + 1).toString();
        cursors.set(cursor.id, cursor);
      }
      return reply(cursor, 'firstBatch', batch, open, options.readAt);
    },

    more(id: string, namespace: string, batchSize: number | undefined, session: string | undefined): Buffer {
      const cursor = cursors.get(id);
      if (!cursor) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
      if (cursor.namespace !== namespace)
        throw new CommandError(
          'Unauthorized',
          `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
        );
      if (cursor.session !== session)
        throw new CommandError('Unauthorized', `Cannot run getMore on cursor ${id}, which was not created in the same session`);
      cursor.lastUsedAt = now();
      const batch = take(cursor, batchSize ?? UNBOUNDED);
      const open = cursor.position < cursor.remaining.length;
      if (!open) cursors.delete(id);
      return reply(cursor, 'nextBatch', batch, open);
    },

    kill: (id: string): boolean => cursors.delete(id),

    endSession(session: string): void {
      for (const cursor of cursors.values()) if (cursor.session === session) cursors.delete(cursor.id);
    },

    sweep(): void {
      const limit = now() - IDLE_LIMIT_MS;
      for (const cursor of cursors.values()) if (cursor.lastUsedAt <= limit) cursors.delete(cursor.id);
    },
  };
}

export type Cursors = ReturnType<typeof createCursors>;
