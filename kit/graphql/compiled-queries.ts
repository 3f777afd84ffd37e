import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { BREAK, GraphQLError, Kind, OperationTypeNode, visit } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { FormattedError } from './errors.ts';

function asksFor(document: DocumentNode, fields: ReadonlySet<string>): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      if (!fields.has(name.value)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/**
 * Carries out queries for large lists as compiled code. graphql-js looks at every field of every item anew, which for the map of 10,000 seats is most of what
 * a request costs; compiling a query takes some milliseconds, so all others are left to it.
 */
export function createCompiledQueries<Context extends BaseContext>(deps: {
  schema: GraphQLSchema;
  /** Names of the fields with large lists below them. */
  fields: ReadonlySet<string>;
  /** As Apollo Server calls it for errors of its own execution. */
  formatError: (formatted: FormattedError, error: unknown) => FormattedError;
}): ApolloServerPlugin<Context> {
  /** By document: Apollo Server keeps those it has seen lately, and hands out the same one for the same text. */
  const compiled = new WeakMap<DocumentNode, CompiledQuery | null>();

  function compiledOf(document: DocumentNode): CompiledQuery | null {
    const known = compiled.get(document);
    if (known !== undefined) return known;
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const wanted = operations.length === 1 && operations[0]?.operation === OperationTypeNode.QUERY && asksFor(document, deps.fields);
    const made = wanted ? compileQuery(deps.schema, document) : null;
    const usable = made !== null && isCompiledQuery(made) ? made : null;
    compiled.set(document, usable);
    return usable;
  }

  function formatted({ message, path, originalError }: GraphQLError): FormattedError {
    const error = new GraphQLError(message, { path, originalError });
    const extensions = { code: 'INTERNAL_SERVER_ERROR', ...error.extensions };
    return deps.formatError({ message, ...(path ? { path } : {}), extensions }, error);
  }

  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ document, request, contextValue }) => {
        const query = compiledOf(document);
        if (query === null) return null;
        const { data, errors }: ExecutionResult = await query.query(undefined, contextValue, request.variables ?? {});
        // Nothing was resolved, because the variables do not fit: what is wrong with them graphql-js says better.
        if (data === undefined) return null;
        const singleResult = errors ? { errors: errors.map(formatted), data } : { data };
        return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
      },
    }),
  };
}
