import { checkAlways } from './checks/always.ts';
import { checkSeen } from './checks/seen.ts';
import { checkSettled, mapDiffers } from './checks/settled.ts';
import type { State, StateReader } from './checks/state.ts';
import { checkTold } from './checks/told.ts';
import type { Buyer } from './clients/buyer.ts';
import { buyPatiently, holdPatiently, payPatiently } from './clients/patience.ts';
import type { People } from './clients/people.ts';
import type { ClientRecord } from './clients/record.ts';
import { boughtOf, newRecord } from './clients/record.ts';
import type { WatchedMap } from './clients/watched-map.ts';
import { watchMap } from './clients/watched-map.ts';
import type { Cluster } from './cluster/cluster.ts';

/** After its crash, or the end of its hold, everything has a minute to be in order again. */
const SETTLES_WITHIN_MS = 60_000;
const MAPS_AGREE_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 250;
/** Of the people, these only buy what is left at the end. */
const LAST_BUYERS = 6;
const SEATS_PER_BASKET = 10;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** One scenario's events, buyers and open maps, and what is found wrong with them. */
export async function openStage(world: { cluster: Cluster; people: People; reader: StateReader }, events = 1) {
  const { cluster, people, reader } = world;
  const record: ClientRecord = newRecord();
  const everyone = people.buyers(record);
  const buyers = everyone.slice(0, -LAST_BUYERS);
  const lastBuyers = everyone.slice(-LAST_BUYERS);
  const eventIds = await Promise.all(Array.from({ length: events }, () => people.event()));
  const maps: WatchedMap[] = eventIds.flatMap((eventId) => cluster.sides.map(({ endpoint }) => watchMap(endpoint, eventId)));
  const violations = new Set<string>();

  function note(found: readonly string[]): void {
    for (const violation of found) violations.add(violation);
  }

  async function look(): Promise<State> {
    const state = await reader.read(eventIds);
    note(checkAlways(state));
    note(checkSeen(maps, state));
    return state;
  }

  const openMaps = (): WatchedMap[] => maps.filter(({ eventId }) => !record.closedEvents.has(eventId));

  /** The snapshots of the routers that a client would get now. */
  async function readMaps(buyer: Buyer): Promise<{ eventId: string; statuses: Map<string, string> }[]> {
    const readings = eventIds
      .filter((eventId) => !record.closedEvents.has(eventId))
      .flatMap((eventId) =>
        ([0, 1] as const).map(async (side) => {
          const answer = await buyer.ask<{ event: { seatMap: { seats: { seatId: string; status: string }[] } } }>(
            side,
            'query ($id: ID!) { event(id: $id) { seatMap { seats { seatId status } } } }',
            { id: eventId },
          );
          const seats = 'kind' in answer ? [] : answer.data.event.seatMap.seats;
          return { eventId, statuses: new Map(seats.map(({ seatId, status }) => [seatId, status])) };
        }),
      );
    return Promise.all(readings);
  }

  async function differences(): Promise<string[]> {
    const reading = await readMaps(lastBuyers[0] as Buyer);
    const state = await look();
    return [
      ...openMaps().flatMap((map) => mapDiffers(map.statuses(), state, map.eventId)),
      ...reading.flatMap(({ eventId, statuses }) => mapDiffers(statuses, state, eventId)),
    ];
  }

  /** Milliseconds until every open map and both routers' readings show what the databases hold. */
  async function untilMapsAgree(within = MAPS_AGREE_WITHIN_MS): Promise<number> {
    const begun = Date.now();
    for (;;) {
      const found = await differences();
      const took = Date.now() - begun;
      if (found.length === 0) return took;
      if (took > within) {
        note(found.slice(0, 5).map((difference) => `${difference}, ${took} ms later`));
        return took;
      }
      await pause(LOOK_EVERY_MS / 2);
    }
  }

  /** Milliseconds until nothing is left half way. What is still wrong at the deadline is a violation. */
  async function untilSettled(within = SETTLES_WITHIN_MS): Promise<number> {
    const begun = Date.now();
    for (;;) {
      const state = await look();
      const found = [...checkSettled(state), ...checkTold(record, state)];
      const took = Date.now() - begun;
      if (found.length === 0 || took > within) {
        note(found);
        return took;
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  /** A server that refuses everything would pass every other check: whatever is free can be held and bought. */
  async function sellWhatIsLeft(): Promise<number> {
    let sold = 0;
    for (const { eventId, statuses } of (await readMaps(lastBuyers[0] as Buyer)).filter((_, index) => index % 2 === 0)) {
      const free = Array.from(statuses).flatMap(([seatId, status]) => (status === 'AVAILABLE' ? [seatId] : []));
      await Promise.all(
        lastBuyers.map(async (buyer, index) => {
          const side = index % 2 === 0 ? 0 : 1;
          const seatIds = free.slice(index * SEATS_PER_BASKET, (index + 1) * SEATS_PER_BASKET);
          if (seatIds.length === 0) return;
          const hold = await holdPatiently(buyer, side, eventId, seatIds);
          if (hold.answer !== 'held') return note([`13: free seats ${seatIds.join(' ')} cannot be held: ${JSON.stringify(hold.answer)}`]);
          const paid = await payPatiently(buyer, side, hold);
          if (paid.kind !== 'paid') return note([`13: free seats ${seatIds.join(' ')} cannot be paid: ${JSON.stringify(paid)}`]);
          const bought = await buyPatiently(buyer, side, buyer.intend(hold, paid.intentId, `last ${hold.holdId}`));
          if (bought.kind === 'bought') sold += seatIds.length;
          else note([`13: free seats ${seatIds.join(' ')} cannot be bought: ${JSON.stringify(bought)}`]);
        }),
      );
    }
    return sold;
  }

  return {
    ...world,
    record,
    buyers,
    eventIds,
    eventId: eventIds[0] as string,
    maps,
    note,
    look,
    violations,
    untilMapsAgree,
    untilSettled,
    sellWhatIsLeft,
    /** A stretch of time in which Redis may forget what it was told. */
    async losing(work: () => Promise<void>, since = Date.now()): Promise<void> {
      const loss = { from: since, to: Number.POSITIVE_INFINITY };
      record.redisLosses.push(loss);
      await work();
      loss.to = Date.now();
    },
    counts: (): string => {
      const bought = record.purchases.filter((purchase) => boughtOf(purchase)).length;
      return `${record.holds.length} holds, ${record.purchases.length} purchases, ${bought} orders`;
    },
    async close(): Promise<void> {
      await Promise.all(maps.map((map) => map.close()));
    },
  };
}
