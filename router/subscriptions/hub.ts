import { randomUUID } from 'node:crypto';
import { getArgumentValues, GraphQLError } from 'graphql';
import { AppError } from '../../kit/graphql/errors.ts';
import type { Viewer } from '../../kit/graphql/identity.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { clientErrorsOf } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import type { Fetches } from '../execute/fetches.ts';
import { scopesKey } from '../operation/authorization.ts';
import { rateLimited } from '../limits/rate-limits.ts';
import type { Turns } from '../limits/turns.ts';
import type { AdmittedOperation, Pipeline } from '../operation/pipeline.ts';
import { createEventComposer } from './event-composer.ts';
import { takePlace } from './places.ts';
import type { Outlet } from './subscriber.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import { planSubscription } from './subscription-plan.ts';
import type { Membership, Topic } from './topic.ts';
import { createTopic } from './topic.ts';
import type { Upstreams } from './upstream.ts';

/** Each keeps its last snapshot, six megabytes for the largest hall; those of a venue behind one address mostly watch the same. */
const TOPICS_PER_ADDRESS = 40;
const RETRY_AFTER_SECONDS = 5;
/** A subgraph that is away says nothing for long; others of this address need not wait for it. */
const OPENING_MAX_MS = 1_000;

export type HubMetrics = {
  readonly topics: (count: number) => void;
  readonly delivered: (count: number) => void;
  readonly lag: (seconds: number) => void;
  readonly resynchronised: () => void;
};

export type Hub = {
  /** Answers how to unsubscribe. Throws RATE_LIMITED for an address that opens too much. */
  readonly subscribe: (admitted: AdmittedOperation, requestId: string, outlet: Outlet) => Promise<() => void>;
  /** After a swap of the supergraph: whose plan changed is moved to a topic of the new plan, whose operation is no longer valid is told so. */
  readonly replan: () => void;
  readonly close: () => void;
};

type Member = {
  admitted: AdmittedOperation;
  plan: SubscriptionPlan;
  membership: Membership;
  readonly requestId: string;
  readonly outlet: Outlet;
};

type Joining = Pick<Member, 'admitted' | 'plan' | 'requestId' | 'outlet'> & {
  readonly since: number | null;
  readonly limit: number;
  readonly onBegun: () => void;
};

/** Brings together all who subscribe to the same thing. */
export function createHub(deps: {
  upstreams: Upstreams;
  readmit: Pipeline['readmit'];
  executor: Executor;
  fetches: Fetches;
  turns: Turns;
  logger: Logger;
  metrics: HubMetrics;
  /** Of the topics for one address. */
  scale: number;
}): Hub {
  const topics = new Map<string, Topic>();
  const topicsOf = new Map<string, number>();
  const members = new Set<Member>();

  function open(key: string, { admitted, plan, requestId, limit, onBegun }: Joining): Topic {
    const giveBack = takePlace(topicsOf, admitted.network, limit);
    if (!giveBack) throw rateLimited(RETRY_AFTER_SECONDS);
    const { planned, variables, refusals } = admitted;
    // What is public is asked for in nobody's name, so that it cannot be anybody's.
    const viewer: Viewer | null = plan.isPublic ? null : admitted.session.viewer;
    const topic = createTopic({
      upstreams: deps.upstreams,
      subscription: {
        subgraph: plan.primary.serviceName,
        query: plan.upstreamQuery,
        operationName: plan.primary.operationName,
        variables: pick(variables, plan.primary.variableUsages ?? []),
        viewer,
        requestId,
      },
      plan,
      composer: createEventComposer({
        planned,
        plan,
        variables,
        viewer,
        refusals,
        executor: deps.executor,
        fetches: deps.fetches,
        requestId,
        logger: deps.logger,
      }),
      toClientErrors: (errors) =>
        clientErrorsOf(
          errors.map((error) => ({ ...error, subgraph: plan.primary.serviceName })),
          null,
          requestId,
          deps.logger,
        ),
      toUnexpected: (error) => {
        deps.logger.error({ err: error, requestId }, 'a subscription failed');
        return new GraphQLError('', {
          originalError: new AppError('INTERNAL_SERVER_ERROR', 'Something went wrong on our side.', { extensions: { requestId } }),
        });
      },
      onBegun,
      onEmpty: () => {
        onBegun();
        giveBack();
        if (topics.get(key) === topic) topics.delete(key);
        deps.metrics.topics(topics.size);
      },
      onDelivered: deps.metrics.delivered,
      onLag: deps.metrics.lag,
      onResynchronised: deps.metrics.resynchronised,
    });
    topics.set(key, topic);
    deps.metrics.topics(topics.size);
    return topic;
  }

  function join(joining: Joining): Membership {
    const key = keyOf(joining.admitted, joining.plan);
    const known = topics.get(key);
    if (known) joining.onBegun();
    return (known ?? open(key, joining)).join(joining.outlet, joining.since);
  }

  /** The turn of an address to open a topic, if it takes one; answers what to call, any number of times, when that has begun. */
  async function turnToOpen(admitted: AdmittedOperation, plan: SubscriptionPlan): Promise<() => void> {
    if (topics.has(keyOf(admitted, plan))) return () => undefined;
    const leave = await deps.turns.take(admitted.network, 'opening');
    let isLeft = false;
    const leaveOnce = (): void => {
      clearTimeout(timer);
      if (!isLeft) leave();
      isLeft = true;
    };
    const timer = setTimeout(leaveOnce, OPENING_MAX_MS);
    return leaveOnce;
  }

  function replanOne(member: Member): void {
    // Its events have no numbers: nobody could tell where the new stream takes over.
    if (!member.plan.resumable) return;
    const again = deps.readmit(member.admitted);
    if (!('planned' in again)) {
      members.delete(member);
      member.membership.leave();
      member.outlet.fail(again);
      return;
    }
    const plan = planSubscription(again.planned);
    if (plan.shape === member.plan.shape) return;
    const { requestId, outlet } = member;
    // While all are moved there are two topics for one.
    const since = member.membership.version();
    const membership = join({ admitted: again, plan, requestId, outlet, since, limit: Infinity, onBegun: () => undefined });
    member.membership.leave();
    Object.assign(member, { admitted: again, plan, membership });
  }

  return {
    async subscribe(admitted, requestId, outlet) {
      const plan = planSubscription(admitted.planned);
      const limit = Math.max(1, TOPICS_PER_ADDRESS * deps.scale);
      const onBegun = await turnToOpen(admitted, plan);
      try {
        const membership = join({ admitted, plan, requestId, outlet, since: resumeFrom(admitted, plan), limit, onBegun });
        const member: Member = { admitted, plan, membership, requestId, outlet };
        members.add(member);
        return () => {
          members.delete(member);
          member.membership.leave();
        };
      } catch (error) {
        onBegun();
        throw error;
      }
    },
    replan() {
      for (const member of members) {
        try {
          replanOne(member);
        } catch (error) {
          // The rest must not stay behind because of one; this one goes on as it was.
          deps.logger.error({ err: error, requestId: member.requestId }, 'a subscription could not be planned anew');
        }
      }
    },
    close() {
      for (const topic of topics.values()) topic.close();
    },
  };
}

function keyOf({ coerced, session, viewer, refusals }: AdmittedOperation, plan: SubscriptionPlan): string {
  // Without numbered events a second client would miss what the first one saw: it gets an upstream of its own.
  if (!plan.resumable) return randomUUID();
  const scope = plan.isPublic ? 'public' : [session.viewer?.userId, session.viewer?.sid, scopesKey(viewer)];
  // Each event says of a field that is left out whether signing in would help.
  const isTold = refusals.length > 0 && (viewer ? 'forbidden' : 'unauthenticated');
  // Null is one thing, and nothing given is another.
  const given = plan.variableNames.flatMap((name) => (coerced[name] === undefined ? [] : [[name, coerced[name]]]));
  return JSON.stringify([plan.text, given, scope, isTold]);
}

function resumeFrom({ planned, coerced }: AdmittedOperation, plan: SubscriptionPlan): number | null {
  if (!plan.resumable) return null;
  const { field, settings } = plan.resumable;
  const definition = planned.checked.supergraph.apiSchema.getSubscriptionType()?.getFields()[field.name.value];
  const given = definition ? getArgumentValues(definition, field, coerced)[settings.resumeArgument] : undefined;
  return typeof given === 'number' ? given : null;
}

function pick(variables: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])));
}
