import { z } from 'zod';
import { amqpUrlSchema, subgraphEnvShape } from '../../kit/runtime/env.ts';

export const eventsEnvSchema = z.object({
  ...subgraphEnvShape,
  PORT: subgraphEnvShape.PORT.default(4002),
  /** Domain events go over RabbitMQ instead of Redis Streams. */
  AMQP_URL: amqpUrlSchema.optional(),
  GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).optional(),
});
