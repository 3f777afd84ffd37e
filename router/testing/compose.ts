import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** The supergraph of these subgraphs; throws with all reasons if they do not fit together. */
export function composeForTest(schemas: Readonly<Record<string, string>>): string {
  const result = composeServices(
    Object.entries(schemas).map(([name, schema]) => ({ name, typeDefs: parse(schema), url: `http://${name}.invalid` })),
  );
  if (result.errors) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return result.supergraphSdl;
}
