import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import { sharePayload } from './shared-payload.ts';

const snapshot = (version: number): LoggedEvent => ({ version, previous: null, payload: sharePayload(`S${version}`) });
const delta = (previous: number, version: number): LoggedEvent => ({ version, previous, payload: sharePayload(`D${version}`) });
const versions = (events: readonly LoggedEvent[] | null): number[] | null => events && events.map((event) => event.version);

describe('the log of a topic', () => {
  it('gives a joiner what came after the version it has', () => {
    const log = createEventLog();
    for (const event of [snapshot(10), delta(10, 11), delta(11, 13)]) log.append(event);
    expect(versions(log.after(10))).toEqual([11, 13]);
    expect(versions(log.after(11))).toEqual([13]);
    expect(versions(log.after(12))).toEqual([13]);
    expect(versions(log.after(13))).toEqual([]);
    expect(log.snapshot()?.version).toBe(10);
  });

  it('wants a snapshot for versions it does not reach, or that are ahead of it', () => {
    const log = createEventLog();
    for (const event of [snapshot(10), delta(10, 11)]) log.append(event);
    expect(log.after(9)).toBeNull();
    expect(log.after(99)).toBeNull();
  });

  it('drops the oldest beyond its bounds, and with them the way from the snapshot', () => {
    const log = createEventLog({ events: 2, bytes: 1_000 });
    for (const event of [snapshot(1), delta(1, 2), delta(2, 3), delta(3, 4)]) log.append(event);
    expect(log.snapshot()).toBeNull();
    expect(log.after(1)).toBeNull();
    expect(versions(log.after(2))).toEqual([3, 4]);
  });

  it('begins anew after a gap', () => {
    const log = createEventLog();
    for (const event of [snapshot(1), delta(1, 2), delta(5, 6)]) log.append(event);
    expect(log.snapshot()).toBeNull();
    expect(log.after(2)).toBeNull();
    expect(versions(log.after(5))).toEqual([6]);
  });

  it('adopts a snapshot taken beside the stream, keeping only what came later', () => {
    const log = createEventLog({ events: 2, bytes: 1_000 });
    for (const event of [snapshot(1), delta(1, 2), delta(2, 3), delta(3, 4)]) log.append(event);
    expect(log.adoptSnapshot(snapshot(3))).toBe(true);
    expect(log.snapshot()?.version).toBe(3);
    expect(versions(log.after(3))).toEqual([4]);
  });

  it('adopts a snapshot ahead of the stream and ignores the deltas it contains', () => {
    const log = createEventLog({ events: 1, bytes: 1_000 });
    for (const event of [snapshot(1), delta(1, 2), delta(2, 3)]) log.append(event);
    expect(log.adoptSnapshot(snapshot(5))).toBe(true);
    log.append(delta(3, 4));
    expect(versions(log.after(5))).toEqual([]);
    log.append(delta(4, 6));
    expect(versions(log.after(5))).toEqual([6]);
  });

  it('refuses a snapshot from before its reach', () => {
    const log = createEventLog({ events: 1, bytes: 1_000 });
    for (const event of [snapshot(1), delta(1, 2), delta(2, 3)]) log.append(event);
    expect(log.adoptSnapshot(snapshot(1))).toBe(false);
  });

  it('starts over with a snapshot of the stream itself, whatever its version', () => {
    const log = createEventLog();
    for (const event of [snapshot(10), delta(10, 11), snapshot(3)]) log.append(event);
    expect(log.snapshot()?.version).toBe(3);
    expect(log.after(10)).toBeNull();
  });
});
