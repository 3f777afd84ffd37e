import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import type { SupergraphSource } from './supergraph-source.ts';

type Gateway = NonNullable<ApolloServerOptionsWithGateway<BaseContext>['gateway']>;
export type GatewayExecutor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/** What Apollo Server wants of a gateway: the schema now and when it changes, and someone to execute. */
export function createGateway(deps: { supergraphs: SupergraphSource; executor: GatewayExecutor }): Gateway {
  const subscriptions = new Set<() => void>();
  return {
    onSchemaLoadOrUpdate(callback) {
      const tell = (): void => {
        const { apiSchema, sdl } = deps.supergraphs.current();
        callback({ apiSchema, coreSupergraphSdl: sdl });
      };
      tell();
      const unsubscribe = deps.supergraphs.onChange(tell);
      subscriptions.add(unsubscribe);
      return unsubscribe;
    },
    load: async () => ({ executor: deps.executor }),
    stop: async () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}
