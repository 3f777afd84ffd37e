import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import { wait } from '../../../kit/values/wait.ts';
import { canManageListing } from '../domain/listing.ts';
import type { ConfigureSeatingOutcome } from '../domain/outcomes.ts';
import { eventNotFound, seatsInUse } from '../domain/outcomes.ts';
import { createSeatingPlan, seatsInTheWay } from '../domain/seating-plan.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { ClaimRepository } from '../repositories/claim-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PlanLayout, SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
import type { ReadListings } from './read-listings.ts';
import type { ShowChanges } from './show-changes.ts';

/** Holds wait for a proposed plan this long at most; one that was proposed longer ago is dropped by whoever meets it. */
const PROPOSAL_LIFE_MS = 10_000;
const WAIT_FOR_OTHER_MS = 5_000;
const POLL_MS = 50;

/** The caller's mistake, not an outcome of the contract. */
type CurrencyFixed = { readonly kind: 'CurrencyFixed'; readonly currency: string };

/**
 * Announces the plan, then looks who holds or has bought what, then adopts it. Whoever places a hold looks for an announced plan after placing it:
 * of a hold and a plan that meet, at least one sees the other and gives way.
 */
export function createConfigureSeating(deps: {
  readListings: ReadListings;
  plans: SeatingPlanRepository;
  claims: ClaimRepository;
  orders: OrderRepository;
  map: SeatMapStore;
  ledger: SaleLedger;
  show: ShowChanges;
  clock: Clock;
}) {
  const { plans, clock } = deps;

  async function propose(eventId: string, layout: PlanLayout): Promise<string> {
    const token = newId('plan');
    const giveUpAt = Date.now() + WAIT_FOR_OTHER_MS;
    for (;;) {
      const { next } = await plans.stateOf(eventId);
      if (next && next.until <= clock.now()) await plans.drop(eventId, next.token);
      const until = new Date(clock.now().getTime() + PROPOSAL_LIFE_MS);
      if (await plans.propose(eventId, { token, layout, until })) return token;
      if (Date.now() >= giveUpAt) throw new Unavailable('Another seating plan of this event is being looked at.');
      await wait(POLL_MS);
    }
  }

  /** Holds first: a seat that goes from a hold to a claim in between is seen as the one or the other. */
  async function seatsInUseOf(eventId: string): Promise<ReadonlySet<string>> {
    const held = await deps.map.liveHolds(eventId);
    const claims = (await deps.claims.ofEvents([eventId])).get(eventId) ?? new Map<string, never>();
    return new Set([...held, ...claims.keys()]);
  }

  return async function configureSeating(
    viewer: Viewer,
    eventId: string,
    layout: PlanLayout,
  ): Promise<ConfigureSeatingOutcome | CurrencyFixed> {
    const listing = (await deps.readListings([eventId])).get(eventId);
    if (!listing || listing.deleted || !canManageListing(viewer, listing)) return eventNotFound();

    const token = await propose(eventId, layout);
    let adopted = false;
    try {
      const current = await plans.of(eventId);
      const next = createSeatingPlan(current.revision + 1, layout.currency, layout.sections);
      const inTheWay = seatsInTheWay(current, next, await seatsInUseOf(eventId));
      if (inTheWay.length > 0) return seatsInUse(inTheWay);
      // An event's takings are one sum. Whoever could still add an order to it holds a seat, and was found above.
      const currency = layout.currency === current.currency ? null : await deps.orders.currencyOfEvent(eventId);
      if (currency !== null && currency !== layout.currency) return { kind: 'CurrencyFixed', currency };
      adopted = await deps.ledger.adoptPlan(eventId, token, layout, next.revision);
      if (!adopted) throw new Unavailable('Looking at this seating plan took too long.');
    } finally {
      // Else every hold of this event would wait for it until its time is over.
      if (!adopted) await plans.drop(eventId, token).catch(() => undefined);
    }
    await deps.show.ofPlan(eventId);
    return { kind: 'ConfigureSeatingPayload', event: { id: eventId } };
  };
}
export type ConfigureSeating = ReturnType<typeof createConfigureSeating>;
