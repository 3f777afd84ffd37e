import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { GraphQLError, Kind, NoSchemaIntrospectionCustomRule, OperationTypeNode, parse, specifiedRules, validate } from 'graphql';
import { DOCUMENT_LIMITS, findBrokenLimit, MAX_VALIDATION_ERRORS } from '../../kit/graphql/document-limits.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { PlannedOperation } from './plan.ts';
import { createRememberedDocuments } from './remembered-documents.ts';

/** One operation of a checked document, with the plans made for it so far, by what the viewer may see. */
export type CheckedOperation = {
  readonly supergraph: Supergraph;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly plans: Map<string, PlannedOperation>;
};

type CheckedDocument = { readonly errors: readonly GraphQLError[]; readonly operations: Map<string, CheckedOperation> };

export type Documents = {
  /** Throws a GraphQLError with code GRAPHQL_PARSE_FAILED. */
  readonly parse: (source: string) => DocumentNode;
  readonly check: (
    supergraph: Supergraph,
    document: DocumentNode,
    operationName: string | null | undefined,
  ) => CheckedOperation | readonly GraphQLError[];
};

/** Limits, then validation, each once per document: results hang on the parsed document and go with it. */
export function createDocuments(settings: { introspection: boolean; hideSchemaDetails: boolean }): Documents {
  const sources = createRememberedDocuments();
  const checked = new WeakMap<Supergraph, WeakMap<DocumentNode, CheckedDocument>>();
  const rules = settings.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  function validateDocument(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
    const broken = findBrokenLimit(document);
    if (broken) return [broken];
    // graphql's validate throws instead of reporting when a subscription's root field carries one of these.
    if (hasConditionalRoot(document)) return [validationFailed('The root field of a subscription cannot carry @skip or @include.')];
    return validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS }).map((error) => {
      const message = settings.hideSchemaDetails ? withoutSuggestion(error.message) : error.message;
      return new GraphQLError(message, { nodes: error.nodes ?? null, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    });
  }

  function checkDocument(supergraph: Supergraph, document: DocumentNode): CheckedDocument {
    const ofSupergraph = checked.get(supergraph) ?? new WeakMap<DocumentNode, CheckedDocument>();
    checked.set(supergraph, ofSupergraph);
    const known = ofSupergraph.get(document);
    if (known) return known;
    const result: CheckedDocument = { errors: validateDocument(supergraph.apiSchema, document), operations: new Map() };
    ofSupergraph.set(document, result);
    return result;
  }

  return {
    parse(source) {
      const known = sources.get(source);
      if (known) return known;
      try {
        const document = parse(source, { maxTokens: DOCUMENT_LIMITS.tokens });
        sources.set(source, document);
        return document;
      } catch (error) {
        throw new GraphQLError(error instanceof Error ? error.message : 'The document cannot be parsed.', {
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
        });
      }
    },
    check(supergraph, document, operationName) {
      const { errors, operations } = checkDocument(supergraph, document);
      if (errors.length > 0) return errors;
      const name = operationName ?? '';
      const known = operations.get(name);
      if (known) return known;
      const operation = selectOperation(document, name);
      if (operation instanceof GraphQLError) return [operation];
      const result: CheckedOperation = { supergraph, document, operation, fragments: fragmentsOf(document), plans: new Map() };
      operations.set(name, result);
      return result;
    },
  };
}

export function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^?]*\?/g, '');
}

function validationFailed(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

function selectOperation(document: DocumentNode, name: string): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [only] = operations;
  const found = name === '' ? (operations.length === 1 ? only : undefined) : operations.find((operation) => operation.name?.value === name);
  if (found) return found;
  const message =
    name === '' ? 'The document has several operations: name one in operationName.' : 'The document has no operation of that name.';
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

function hasConditionalRoot(document: DocumentNode): boolean {
  const fragments = fragmentsOf(document);
  return document.definitions.some((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== OperationTypeNode.SUBSCRIPTION) return false;
    const seen = new Set<string>();
    const pending = [definition.selectionSet];
    for (let set = pending.pop(); set; set = pending.pop()) {
      for (const selection of set.selections) {
        if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
        if (selection.kind === Kind.INLINE_FRAGMENT) pending.push(selection.selectionSet);
        if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
        seen.add(selection.name.value);
        const fragment = fragments[selection.name.value];
        if (fragment) pending.push(fragment.selectionSet);
      }
    }
    return false;
  });
}
