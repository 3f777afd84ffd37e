import type { ClientSession, Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { SeatingPlan, SectionLayout } from '../domain/seating-plan.ts';
import { createSeatingPlan } from '../domain/seating-plan.ts';

export type PlanLayout = { readonly currency: string; readonly sections: readonly SectionLayout[] };

type PlanDocument = {
  _id: string;
  /** Of `layout`; 0 while the event has the default plan and only a `next`. */
  revision: number;
  layout: PlanLayout | null;
  /** A plan that is being looked at: who places a hold meanwhile must not keep it. */
  next: { token: string; layout: PlanLayout; until: Date } | null;
};

/** The state of an event's plan without its seats. */
export type PlanState = { readonly revision: number; readonly next: { readonly token: string; readonly until: Date } | null };

const NOT_CONFIGURED: PlanState = { revision: 0, next: null };
/** Plans that stay parsed, the last used ones; one of 20,000 seats takes some 4 MB. */
const PARSED_MAX = 50;

/** An event without a document has the default plan. */
export function createSeatingPlanRepository(deps: { db: Db; defaultPlan: SeatingPlan }) {
  const plans = deps.db.collection<PlanDocument>('seating_plans');
  const parsed = new Map<string, SeatingPlan>();

  function keep(eventId: string, plan: SeatingPlan): void {
    parsed.delete(eventId);
    parsed.set(eventId, plan);
    if (parsed.size <= PARSED_MAX) return;
    const oldest = parsed.keys().next().value;
    if (oldest !== undefined) parsed.delete(oldest);
  }

  async function states(eventIds: readonly string[], session?: ClientSession): Promise<ReadonlyMap<string, PlanState>> {
    const found = await plans
      .find(
        { _id: { $in: [...eventIds] } },
        { projection: { revision: 1, 'next.token': 1, 'next.until': 1 }, ...(session ? { session } : {}) },
      )
      .toArray();
    return new Map(found.map(({ _id, revision, next }) => [_id, { revision, next: next ?? null }]));
  }

  async function read(eventId: string, session?: ClientSession): Promise<SeatingPlan> {
    const found = await plans.findOne({ _id: eventId }, { projection: { revision: 1, layout: 1 }, ...(session ? { session } : {}) });
    if (!found?.layout) return deps.defaultPlan;
    const plan = createSeatingPlan(found.revision, found.layout.currency, found.layout.sections);
    keep(eventId, plan);
    return plan;
  }

  /** As it is now: the revision is read each time, the seats only when it has grown. */
  async function ofEvents(eventIds: readonly string[], session?: ClientSession): Promise<ReadonlyMap<string, SeatingPlan>> {
    const known = await states(eventIds, session);
    const entries = eventIds.map(async (eventId): Promise<[string, SeatingPlan]> => {
      const revision = known.get(eventId)?.revision ?? 0;
      if (revision === 0) return [eventId, deps.defaultPlan];
      const cached = parsed.get(eventId);
      if (cached?.revision !== revision) return [eventId, await read(eventId, session)];
      keep(eventId, cached);
      return [eventId, cached];
    });
    return new Map(await Promise.all(entries));
  }

  return {
    ofEvents,
    async of(eventId: string, session?: ClientSession): Promise<SeatingPlan> {
      return (await ofEvents([eventId], session)).get(eventId) ?? deps.defaultPlan;
    },
    async stateOf(eventId: string): Promise<PlanState> {
      return (await states([eventId])).get(eventId) ?? NOT_CONFIGURED;
    },
    /** Announces a plan; false while another one is being looked at. */
    async propose(eventId: string, next: { token: string; layout: PlanLayout; until: Date }): Promise<boolean> {
      try {
        const result = await plans.updateOne(
          { _id: eventId, next: null },
          { $set: { next }, $setOnInsert: { revision: 0, layout: null } },
          { upsert: true },
        );
        return result.matchedCount + result.upsertedCount === 1;
      } catch (error) {
        // The document is there, with a `next` of somebody else's.
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    /** False when it was dropped meanwhile: its time was over. */
    async adopt(session: ClientSession, eventId: string, token: string, layout: PlanLayout, revision: number): Promise<boolean> {
      const result = await plans.updateOne(
        { _id: eventId, 'next.token': token, revision: revision - 1 },
        { $set: { layout, next: null, revision } },
        { session },
      );
      return result.matchedCount === 1;
    },
    /** Only this one: a later proposal is another's. */
    async drop(eventId: string, token: string): Promise<void> {
      await plans.updateOne({ _id: eventId, 'next.token': token }, { $set: { next: null } });
    },
  };
}
export type SeatingPlanRepository = ReturnType<typeof createSeatingPlanRepository>;
