import { Binary, Long, Timestamp } from 'bson';
import { serializeDoc } from './bson/value.ts';

/*
 * The store's clock counts commits in units of 1/1024 ms since 1970, so that it goes on after a restart where it was,
 * and every moment is one BSON timestamp: seconds, and the units within the second.
 */

const UNITS_PER_MS = 1024;
const UNITS_PER_SECOND = 1000 * UNITS_PER_MS;

export function nextMoment(previous: number): number {
  return Math.max(previous + 1, Date.now() * UNITS_PER_MS);
}

export function toTimestamp(moment: number): Timestamp {
  const t = Math.floor(moment / UNITS_PER_SECOND);
  return new Timestamp({ t, i: moment - t * UNITS_PER_SECOND + 1 });
}

export function fromTimestamp(timestamp: Timestamp): number {
  return timestamp.getHighBitsUnsigned() * UNITS_PER_SECOND + timestamp.getLowBitsUnsigned() - 1;
}

const UNSIGNED = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };

/** `operationTime` and `$clusterTime`, which drivers need for causal consistency, as fields to join to a reply. */
export function createTimeFields(): (moment: number) => Buffer {
  let cached: { moment: number; fields: Buffer } = { moment: -1, fields: Buffer.alloc(0) };
  return (moment) => {
    if (cached.moment !== moment) {
      const time = toTimestamp(moment);
      cached = { moment, fields: serializeDoc({ operationTime: time, $clusterTime: { clusterTime: time, signature: UNSIGNED } }) };
    }
    return cached.fields;
  };
}
