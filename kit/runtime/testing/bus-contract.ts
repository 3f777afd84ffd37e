import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sourceCommand } from '../../../local/source-command.ts';
import { eventually } from '../../../tests/harness/fresh.ts';
import { newId } from '../../values/ids.ts';
import { Unavailable } from '../../values/unavailable.ts';
import type { DomainEvent } from '../bus.ts';
import { MarkMoved } from '../bus.ts';
import { describeBusFaults } from './bus-faults-contract.ts';
import type { BusUnderTest } from './bus-rig.ts';
import { DELIVERIES, aggregatesOf, connectTo, listen, newEvent, teller } from './bus-rig.ts';

const START_MS = 90_000;

/** What every bus must do, whatever server is behind it. */
export function describeBus(name: string, startServer: () => Promise<BusUnderTest>): void {
  let started: BusUnderTest;
  const server = (): BusUnderTest => started;
  beforeAll(async () => {
    started = await startServer();
  }, START_MS);
  afterAll(() => started.close());

  describe(`${name}: delivery`, () => {
    it('every group gets every event, in the order in which it was published', async () => {
      const [bus, source] = [await connectTo(server()), newId('src')];
      const [first, second] = [await listen(bus, { source }), await listen(bus, { source })];
      const tell = teller(bus, source);
      const told: string[] = [];
      for (let count = 0; count < 10; count += 1) told.push((await tell(`thing-${count}`)).aggregateId);
      await eventually('both have all', () => first.seen.length >= 10 && second.seen.length >= 10);
      expect([aggregatesOf(first.seen), aggregatesOf(second.seen)]).toEqual([told, told]);
    });

    it('of a group’s members one gets an event, whichever process it is in', async () => {
      const [one, other, source, group] = [await connectTo(server()), await connectTo(server()), newId('src'), newId('group')];
      const members = [await listen(one, { source, group }), await listen(other, { source, group })];
      const tell = teller(one, source);
      for (let count = 0; count < 10; count += 1) await tell(`thing-${count}`);
      const last = await listen(one, { source });
      await tell('the end');
      await eventually('the group has the last', () => members.some(({ seen }) => aggregatesOf(seen).includes('the end')));
      await eventually('another group has it', () => aggregatesOf(last.seen).includes('the end'));
      const seen = members.flatMap((member) => aggregatesOf(member.seen));
      expect(seen.toSorted()).toEqual([...Array.from({ length: 10 }, (_, count) => `thing-${count}`), 'the end'].toSorted());
    });

    it('keeps what is published while no member of a group is connected', async () => {
      const [bus, source, group] = [await connectTo(server()), newId('src'), newId('group')];
      await (await listen(bus, { source, group })).subscription.close();
      const tell = teller(bus, source);
      for (const thing of ['a', 'b', 'c']) await tell(thing);
      const { seen } = await listen(await connectTo(server()), { source, group });
      await eventually('all three', () => seen.length >= 3);
      expect(aggregatesOf(seen)).toEqual(['a', 'b', 'c']);
    });

    it('skips and reports what nobody can read, and delivers what comes after', async () => {
      const lines: string[] = [];
      const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => done(void lines.push(chunk.toString())) });
      const [bus, source] = [await connectTo(server(), pino({ level: 'error' }, sink)), newId('src')];
      const { seen } = await listen(bus, { source });
      await server().putUnreadable(source);
      await teller(bus, source)('readable');
      await eventually('the readable one', () => seen.length > 0);
      expect(aggregatesOf(seen)).toEqual(['readable']);
      expect(lines.join('')).toContain('an unreadable entry on the bus was skipped');
    });
  });

  describe(`${name}: a consumer that fails`, () => {
    it('gets the event again, and the others meanwhile', async () => {
      const [bus, source] = [await connectTo(server()), newId('src')];
      let refusals = 0;
      const onEvent = async (event: DomainEvent): Promise<void> => {
        if (event.aggregateId !== 'hard' || refusals === 2) return;
        refusals += 1;
        throw new Error('not now');
      };
      const { seen } = await listen(bus, { source, onEvent });
      const tell = teller(bus, source);
      await tell('hard');
      await tell('easy');
      await eventually('both', () => seen.length >= 2);
      expect(aggregatesOf(seen)).toEqual(['easy', 'hard']);
      expect(await server().deadLetters(source)).toEqual([]);
    });

    it('is given it no more after so many times: it goes to the dead letters, and other groups have it', async () => {
      const [bus, source, group] = [await connectTo(server()), newId('src'), newId('group')];
      let refusals = 0;
      const onEvent = async (event: DomainEvent): Promise<void> => {
        if (event.aggregateId !== 'poison') return;
        refusals += 1;
        throw new RangeError('never');
      };
      const poisoned = await listen(bus, { source, group, onEvent });
      const well = await listen(bus, { source });
      const tell = teller(bus, source);
      const poison = await tell('poison');
      await tell('wine');
      const letters = await eventually('a dead letter', async () => {
        const found = await server().deadLetters(source);
        return found.length > 0 && found;
      });
      expect(letters).toEqual([{ id: poison.id, group, error: 'RangeError' }]);
      await tell('bread');
      await eventually('the next one', () => poisoned.seen.length >= 2);
      expect(refusals).toBe(DELIVERIES);
      expect(aggregatesOf(poisoned.seen)).toEqual(['wine', 'bread']);
      expect(aggregatesOf(well.seen).slice(0, 2)).toEqual(['poison', 'wine']);
    });

    it('because its database is away gets the event for as long as that lasts', async () => {
      const [bus, source] = [await connectTo(server()), newId('src')];
      let failures = 0;
      const onEvent = async (): Promise<void> => {
        failures += 1;
        if (failures <= DELIVERIES + 2) throw new Unavailable('the database is away');
      };
      const { seen } = await listen(bus, { source, onEvent });
      await teller(bus, source)('patient');
      await eventually('it was taken in the end', () => seen.length > 0, 10_000);
      expect(await server().deadLetters(source)).toEqual([]);
    });

    it('by being killed leaves what it had in hand to another', async () => {
      const [bus, source, group] = [await connectTo(server()), newId('src'), newId('group')];
      const { command, args } = sourceCommand('kit/runtime/testing/bus-member');
      const child = spawn(command, [...args, JSON.stringify(server().address), source, group], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const said: { joined?: boolean; took?: string }[] = [];
      child.on('message', (message) => said.push(message as { joined?: boolean; took?: string }));
      await eventually('it joined', () => said.some(({ joined }) => joined), 20_000);
      const tell = teller(bus, source);
      for (const thing of ['in hand', 'next']) await tell(thing);
      await eventually('it took the first', () => said.some(({ took }) => took === 'in hand'), 20_000);
      const { seen } = await listen(bus, { source, group });
      child.kill('SIGKILL');
      await once(child, 'exit');
      await eventually('the other one has both', () => seen.length >= 2, 20_000);
      expect(aggregatesOf(seen).toSorted()).toEqual(['in hand', 'next']);
    });

    it('by never ending does not keep the bus from closing, and its event comes again', async () => {
      const [bus, source, group] = [await connectTo(server()), newId('src'), newId('group')];
      let taken = 0;
      const stuck = await listen(bus, {
        source,
        group,
        onEvent: () => {
          taken += 1;
          return new Promise(() => undefined);
        },
      });
      await teller(bus, source)('sticky');
      await eventually('it was taken', () => taken === 1);
      const begun = performance.now();
      await bus.close();
      expect(performance.now() - begun).toBeLessThan(9_000);
      expect(stuck.seen).toEqual([]);
      const { seen } = await listen(await connectTo(server()), { source, group });
      await eventually('it came again', () => seen.length > 0, 10_000);
    });
  });

  describe(`${name}: closing`, () => {
    it('in the middle of reading loses nothing', async () => {
      const [bus, source, group] = [await connectTo(server()), newId('src'), newId('group')];
      const reading = await connectTo(server());
      const first = await listen(reading, { source, group, onEvent: () => new Promise((resolve) => setTimeout(resolve, 5)) });
      const tell = teller(bus, source);
      const told: string[] = [];
      for (let count = 0; count < 30; count += 1) {
        told.push((await tell(`thing-${count}`)).aggregateId);
        if (count === 15) await reading.close();
      }
      const taken = first.seen.length;
      const second = await listen(bus, { source, group });
      const all = () => new Set([...aggregatesOf(first.seen), ...aggregatesOf(second.seen)]);
      await eventually('the second has what the first has not', () => all().size === 30, 10_000);
      expect([...all()].toSorted()).toEqual(told.toSorted());
      // Nothing after its close.
      expect(first.seen).toHaveLength(taken);
    });
  });

  describe(`${name}: the mark`, () => {
    it('is the highest number that was published', async () => {
      const [bus, source] = [await connectTo(server()), newId('src')];
      expect(await bus.mark(source)).toBeNull();
      await bus.publish(source, 7, newEvent('a'), null);
      expect(await bus.mark(source)).toBe(7);
      await bus.publish(source, 3, newEvent('b'), 7);
      expect(await bus.mark(source)).toBe(7);
      expect(await (await connectTo(server())).mark(source)).toBe(7);
    });

    it('believed to be another keeps the event from being published', async () => {
      const [bus, source] = [await connectTo(server()), newId('src')];
      const { seen } = await listen(bus, { source });
      await bus.publish(source, 1, newEvent('first'), null);
      for (const wrong of [null, 0, 2]) await expect(bus.publish(source, 2, newEvent('wrong'), wrong)).rejects.toThrow(MarkMoved);
      expect(await bus.mark(source)).toBe(1);
      await bus.publish(source, 2, newEvent('second'), 1);
      await eventually('the second', () => aggregatesOf(seen).includes('second'));
      expect(aggregatesOf(seen)).toEqual(['first', 'second']);
    });

    it('that nobody has made yet is made by one of several relays', async () => {
      const relays = [await connectTo(server()), await connectTo(server()), await connectTo(server())];
      for (let round = 0; round < 3; round += 1) {
        const source = newId('src');
        expect(await Promise.all(relays.map((relay) => relay.mark(source)))).toEqual([null, null, null]);
        const tries = await Promise.allSettled(relays.map((relay, index) => relay.publish(source, 1, newEvent(`by ${index}`), null)));
        expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      }
    });

    it('lets one of several relays publish that look at once', async () => {
      const [source, relays] = [newId('src'), [await connectTo(server()), await connectTo(server()), await connectTo(server())]];
      const [first] = relays;
      if (!first) throw new Error('no relay');
      const { seen } = await listen(first, { source });
      let believed: number | null = null;
      for (let round = 1; round <= 8; round += 1) {
        const tries = await Promise.allSettled(
          relays.map((relay, index) => relay.publish(source, round, newEvent(`${round} by ${index}`), believed)),
        );
        expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const result of tries) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(MarkMoved);
        believed = round;
      }
      await eventually('one of each round', () => seen.length >= 8);
      expect(aggregatesOf(seen).map((aggregate) => aggregate.split(' ')[0])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    });
  });

  describeBusFaults(name, server);
}
