import type { FastifyInstance } from 'fastify';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { SubgraphClient } from '../execute/subgraph-client.ts';

const HEALTH_DEADLINE_MS = 2_000;
/** A subgraph that answered this lately counts as there: one slow answer does not take the router out of service. */
const LATELY_MS = 10_000;

/**
 * /health: this process lives. /<subgraph>/health: that subgraph answers. /readyz: send traffic here. Nothing of an address or a cause is told.
 */
export function serveHealth(deps: {
  app: FastifyInstance;
  clients: ReadonlyMap<string, SubgraphClient>;
  redis: RedisClient;
  isDraining: () => boolean;
}): void {
  const answeredAt = new Map<string, number>();

  async function answers(client: SubgraphClient): Promise<boolean> {
    const healthy = await client.isHealthy(HEALTH_DEADLINE_MS);
    if (healthy) answeredAt.set(client.name, Date.now());
    return healthy;
  }

  async function answeredLately(client: SubgraphClient): Promise<boolean> {
    if (await answers(client)) return true;
    return Date.now() - (answeredAt.get(client.name) ?? 0) < LATELY_MS;
  }

  async function redisAnswers(): Promise<boolean> {
    try {
      return (await deps.redis.ping()) === 'PONG';
    } catch {
      return false;
    }
  }

  deps.app.get('/health', async () => ({ status: 'ok' }));
  deps.app.get<{ Params: { subgraph: string } }>('/:subgraph/health', async (request, reply) => {
    const client = deps.clients.get(request.params.subgraph);
    if (!client) return reply.code(404).send({ status: 'unknown', subgraph: request.params.subgraph.slice(0, 64) });
    const healthy = await answers(client);
    return reply.code(healthy ? 200 : 503).send({ status: healthy ? 'ok' : 'unavailable', subgraph: client.name });
  });
  deps.app.get('/readyz', async (_request, reply) => {
    if (deps.isDraining()) return reply.code(503).send({ status: 'draining' });
    const clients = [...deps.clients.values()];
    const [redis, ...subgraphs] = await Promise.all([redisAnswers(), ...clients.map(answeredLately)]);
    const missing = clients.filter((_client, index) => !subgraphs[index]).map((client) => client.name);
    const ready = redis && missing.length === 0;
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', redis: redis ? 'ok' : 'unavailable', missing });
  });
}
