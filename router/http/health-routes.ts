import type { FastifyInstance } from 'fastify';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { SubgraphClient } from '../execute/subgraph-client.ts';
import { networkOf } from './client-address.ts';
import type { RateLimits } from '../limits/rate-limits.ts';

const HEALTH_DEADLINE_MS = 2_000;
/** Whoever asks in between gets the same answer: /health is public, and asking must not become a way to load a subgraph. */
const REMEMBERED_MS = 1_000;
/** A subgraph that answered this lately counts as there: one slow answer does not take the router out of service. */
const LATELY_MS = 10_000;

/**
 * /health: this process lives. /<subgraph>/health: that subgraph answers. /readyz: send traffic here. Nothing of an address or a cause is told.
 */
export function serveHealth(deps: {
  app: FastifyInstance;
  clients: ReadonlyMap<string, SubgraphClient>;
  redis: RedisClient;
  rateLimits: RateLimits;
  isDraining: () => boolean;
}): void {
  const answeredAt = new Map<string, number>();

  const asked = new Map<string, { readonly at: number; readonly healthy: Promise<boolean> }>();

  async function ask(client: SubgraphClient): Promise<boolean> {
    const healthy = await client.isHealthy(HEALTH_DEADLINE_MS);
    if (healthy) answeredAt.set(client.name, Date.now());
    return healthy;
  }

  function answers(client: SubgraphClient): Promise<boolean> {
    const known = asked.get(client.name);
    if (known && Date.now() - known.at < REMEMBERED_MS) return known.healthy;
    const healthy = ask(client);
    asked.set(client.name, { at: Date.now(), healthy });
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
    await deps.rateLimits.consume([{ limit: 'address', key: networkOf(request.ip) }]);
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
