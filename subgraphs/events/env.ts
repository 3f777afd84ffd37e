import { z } from 'zod';
import { subgraphEnvShape } from '../../kit/runtime/env.ts';

export const eventsEnvSchema = z.object({
  ...subgraphEnvShape,
  PORT: subgraphEnvShape.PORT.default(4002),
  GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).optional(),
});
