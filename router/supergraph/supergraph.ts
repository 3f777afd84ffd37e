import { Supergraph as FederationSupergraph } from '@apollo/federation-internals';
import type { Schema } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { SUPERGRAPH_FEATURES } from '../supergraph-features.ts';
import type { AccessRules } from './access-rules.ts';
import { readAccessRules } from './access-rules.ts';
import { readDirectiveNames } from './directive-names.ts';
import type { ListSizes } from './list-sizes.ts';
import { readListSizes } from './list-sizes.ts';
import { readKnownScalars } from './scalars.ts';

/** One loaded version of the supergraph: whatever is derived from the schema hangs on it, so a swap leaves nothing stale behind. */
export type Supergraph = {
  readonly sdl: string;
  readonly subgraphNames: readonly string[];
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  /** The same as the planner's own model; the stock executor shapes answers by it. */
  readonly apiModel: Schema;
  /** With the join directives: what the executor follows. */
  readonly supergraphSchema: GraphQLSchema;
  readonly planner: QueryPlanner;
  readonly accessRules: AccessRules;
  readonly listSizes: ListSizes;
};

/** Throws when the text is not a supergraph this router can serve. */
export function loadSupergraph(sdl: string): Supergraph {
  const built = FederationSupergraph.build(sdl, { supportedFeatures: SUPERGRAPH_FEATURES });
  const apiModel = built.apiSchema();
  const apiSchema = apiModel.toGraphQLJSSchema();
  readKnownScalars(apiSchema);
  const supergraphSchema = built.schema.toGraphQLJSSchema();
  const directives = readDirectiveNames(built.schema);
  return {
    sdl,
    subgraphNames: built.subgraphsMetadata().map((subgraph) => subgraph.name),
    apiSchema,
    apiModel,
    supergraphSchema,
    // The default fragment generation is off: entity fetches here are short, and hashing their selections costs more than it saves.
    planner: new QueryPlanner(built),
    accessRules: readAccessRules(supergraphSchema, directives),
    listSizes: readListSizes(supergraphSchema, directives),
  };
}
