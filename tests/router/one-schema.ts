import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { buildSchema, defaultFieldResolver, execute, parse, printSchema } from 'graphql';

type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Answer = { readonly data: unknown; readonly errorPaths: readonly string[] };

/** The subgraphs' own resolvers as one ordinary schema, without any federation: what the answer should be. */
export function asOneSchema(apiSchema: GraphQLSchema, subgraphs: readonly object[], context: unknown) {
  const schema = buildSchema(printSchema(apiSchema));
  const maps = subgraphs as readonly Resolvers[];

  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = async (source, args, given, info) => {
    const own: unknown = await defaultFieldResolver(source, args, given, info);
    if (own !== undefined) return own;
    const typeName = info.parentType.name;
    for (const map of maps) {
      const resolve = map[typeName]?.[info.fieldName];
      if (typeof resolve === 'function') return resolve(source, args, given, info) as unknown;
    }
    // An entity that another subgraph began: each of the others adds what it knows of it by its key.
    for (const map of maps) {
      const reference = map[typeName]?.['__resolveReference'];
      if (typeof reference !== 'function') continue;
      const entity: unknown = await reference(source, given, info);
      const value: unknown = entity === null ? undefined : await defaultFieldResolver(entity, args, given, info);
      if (value !== undefined) return value;
    }
    return null;
  };

  return async (query: string, variableValues: Record<string, unknown>): Promise<Answer> => {
    const { data, errors } = await execute({ schema, document: parse(query), variableValues, contextValue: context, fieldResolver });
    return { data, errorPaths: pathsOf(errors) };
  };
}

export function pathsOf(errors: readonly { readonly path?: readonly (string | number)[] | undefined }[] | undefined): string[] {
  return [...new Set((errors ?? []).map((error) => JSON.stringify(error.path ?? [])))].toSorted();
}
