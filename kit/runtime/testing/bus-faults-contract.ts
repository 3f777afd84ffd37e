import { describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/harness/fresh.ts';
import { newId } from '../../values/ids.ts';
import type { BusUnderTest } from './bus-rig.ts';
import { aggregatesOf, connectTo, listen, newEvent, story } from './bus-rig.ts';

const RESTART_MS = 90_000;
const onceEach = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((each) => [each, 1]));

/** A bus may lose what it took, wholly or in part, and be away: with the outbox nothing is lost, and with the inbox nothing acts twice. */
export function describeBusFaults(name: string, server: () => BusUnderTest): void {
  describe(`${name}: with an outbox`, () => {
    it('a group that comes later hears what was told before', async () => {
      const bus = await connectTo(server());
      const subgraph = await story(bus);
      await subgraph.tell('early');
      await eventually('it was sent', async () => (await subgraph.unsent()) === 0);
      const late = await subgraph.follow();
      await eventually('the late group heard it', () => late.seen.length > 0, 10_000);
      expect(aggregatesOf(late.seen)).toContain('early');
    });

    it(
      'emptied in use, it is filled again, and each event acts once',
      async () => {
        const bus = await connectTo(server());
        const subgraph = await story(bus);
        await subgraph.follow();
        await subgraph.tell('a');
        await subgraph.tell('b');
        await eventually('both arrived', () => subgraph.deliveries() >= 2, 10_000);
        await server().empty();
        await subgraph.tell('c');
        await eventually('all three came after that', () => subgraph.deliveries() >= 5, RESTART_MS);
        expect(
          await eventually('three acts', async () => {
            const times = await subgraph.times();
            return Object.keys(times).length === 3 && times;
          }),
        ).toEqual(onceEach(['a', 'b', 'c']));
        await eventually('the mark is back', async () => ((await bus.mark(subgraph.source)) ?? 0) >= 3);
      },
      RESTART_MS * 2,
    );

    it(
      'set back to an older copy, it gets again what came since, and each event acts once',
      async () => {
        const bus = await connectTo(server());
        const subgraph = await story(bus);
        await subgraph.follow();
        await subgraph.tell('kept');
        await eventually('it arrived', () => subgraph.deliveries() >= 1, 10_000);
        await server().settled();
        const setBack = await server().keepCopy();
        for (const thing of ['lost 1', 'lost 2']) await subgraph.tell(thing.replace(' ', '-'));
        await eventually('these, too', async () => Object.keys(await subgraph.times()).length === 3, 20_000);
        await eventually('sent', async () => (await subgraph.unsent()) === 0, 20_000);
        const before = await bus.mark(subgraph.source);
        const late = newId('group');
        await setBack();
        await eventually('the mark is where it was', async () => (await bus.mark(subgraph.source).catch(() => 0)) === before, RESTART_MS);
        const { seen } = await subgraph.follow(late);
        await eventually('a new group hears all', () => new Set(aggregatesOf(seen)).size === 3, 20_000);
        expect(await subgraph.times()).toEqual(onceEach(['kept', 'lost-1', 'lost-2']));
      },
      RESTART_MS * 2,
    );

    it(
      'killed in mid-stream and started again, it goes on by itself, and each event acts once',
      async () => {
        const bus = await connectTo(server());
        const subgraph = await story(bus);
        await subgraph.follow();
        const told = Array.from({ length: 60 }, (_, count) => `thing-${count}`);
        for (const thing of told.slice(0, 20)) await subgraph.tell(thing);
        await eventually('it flows', () => subgraph.deliveries() >= 5, 10_000);
        await server().settled();
        const killed = server().kill();
        for (const thing of told.slice(20, 40)) await subgraph.tell(thing);
        await killed;
        const begun = performance.now();
        await expect(bus.mark(subgraph.source)).rejects.toBeInstanceOf(Error);
        await expect(bus.publish('nobody', 1, newEvent('x'), null)).rejects.toBeInstanceOf(Error);
        expect(performance.now() - begun).toBeLessThan(9_000);
        await server().start();
        for (const thing of told.slice(40)) await subgraph.tell(thing);
        await eventually('everything acted', async () => Object.keys(await subgraph.times()).length === told.length, RESTART_MS);
        await eventually('everything is sent', async () => (await subgraph.unsent()) === 0, RESTART_MS);
        expect(await subgraph.times()).toEqual(onceEach(told));
      },
      RESTART_MS * 2,
    );

    it(
      'dead, it does not keep a process from closing',
      async () => {
        const bus = await connectTo(server());
        await listen(bus, { source: newId('src') });
        await server().settled();
        await server().kill();
        const begun = performance.now();
        await bus.close();
        const took = performance.now() - begun;
        await server().start();
        expect(took).toBeLessThan(6_000);
      },
      RESTART_MS,
    );
  });
}
