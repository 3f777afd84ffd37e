import { readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { parse, printSchema } from 'graphql';
import { SUPERGRAPH_FEATURES } from '../router/supergraph-features.ts';
import { readSubgraphList } from '../router/subgraph-list.ts';

/** Composes the subgraphs that supergraph.yaml lists into schema/supergraph.graphql (for the router) and schema/api.graphql (what clients see). */
const result = composeServices(
  readSubgraphList('supergraph.yaml').map(({ name, schema, url }) => ({ name, url, typeDefs: parse(readFileSync(schema, 'utf8')) })),
);
if (result.errors) {
  for (const error of result.errors) process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
for (const hint of result.hints) process.stderr.write(`hint: ${hint.message}\n`);

const supergraph = Supergraph.build(result.supergraphSdl, { supportedFeatures: SUPERGRAPH_FEATURES });
writeFileSync('schema/supergraph.graphql', `${result.supergraphSdl.trimEnd()}\n`);
writeFileSync('schema/api.graphql', `${printSchema(supergraph.apiSchema().toGraphQLJSSchema()).trimEnd()}\n`);
