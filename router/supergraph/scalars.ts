import type { GraphQLSchema } from 'graphql';
import { isScalarType } from 'graphql';
import { CurrencyCode, DateTime, EmailAddress, MinorUnits, SeatMapVersion, TimeZone } from '../../kit/graphql/scalars.ts';

const KNOWN = [CurrencyCode, DateTime, EmailAddress, MinorUnits, SeatMapVersion, TimeZone];

/**
 * A supergraph names its scalars and says nothing of their values. Without this, what a client writes into its document is found wrong only by a
 * subgraph, which refuses the router's whole fetch as a mistake of the router's; and what the router itself uses is not looked at by anybody.
 */
export function readKnownScalars(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of KNOWN) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}
