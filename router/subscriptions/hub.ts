import { randomUUID } from 'node:crypto';
import { getArgumentValues, GraphQLError } from 'graphql';
import { AppError } from '../../kit/graphql/errors.ts';
import type { Viewer } from '../../kit/graphql/identity.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { clientErrorsOf } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import type { Fetches } from '../execute/fetches.ts';
import { scopesKey } from '../operation/authorization.ts';
import type { AdmittedOperation } from '../operation/pipeline.ts';
import { createEventComposer } from './event-composer.ts';
import type { Outlet } from './subscriber.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import { planSubscription } from './subscription-plan.ts';
import type { Topic } from './topic.ts';
import { createTopic } from './topic.ts';
import type { Upstreams } from './upstream.ts';

export type HubMetrics = {
  readonly topics: (count: number) => void;
  readonly delivered: (count: number) => void;
  readonly lag: (seconds: number) => void;
  readonly resynchronised: () => void;
};

export type Hub = {
  /** Answers how to unsubscribe. */
  readonly subscribe: (admitted: AdmittedOperation, requestId: string, outlet: Outlet) => () => void;
  readonly close: () => void;
};

/** Brings together all who subscribe to the same thing. */
export function createHub(deps: { upstreams: Upstreams; executor: Executor; fetches: Fetches; logger: Logger; metrics: HubMetrics }): Hub {
  const topics = new Map<string, Topic>();

  function open(key: string, admitted: AdmittedOperation, plan: SubscriptionPlan, requestId: string): Topic {
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
      onEmpty: () => {
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

  return {
    subscribe(admitted, requestId, outlet) {
      const plan = planSubscription(admitted.planned);
      const key = keyOf(admitted, plan);
      const topic = topics.get(key) ?? open(key, admitted, plan, requestId);
      return topic.join(outlet, resumeFrom(admitted, plan));
    },
    close() {
      for (const topic of topics.values()) topic.close();
    },
  };
}

function keyOf({ variables, session, viewer }: AdmittedOperation, plan: SubscriptionPlan): string {
  // Without numbered events a second client would miss what the first one saw: it gets an upstream of its own.
  if (!plan.resumable) return randomUUID();
  const scope = plan.isPublic ? 'public' : [session.viewer?.userId, session.viewer?.sid, scopesKey(viewer)];
  return JSON.stringify([plan.text, plan.variableNames.map((name) => [name, variables[name]]), scope]);
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
