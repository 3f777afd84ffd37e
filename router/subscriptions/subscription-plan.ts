import { createHash } from 'node:crypto';
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import type { DocumentNode, FieldNode, GraphQLCompositeType, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { Kind, parse, print, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { PlannedOperation } from '../operation/plan.ts';
import { planDocument } from '../operation/plan.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** A subscription whose events are numbered, so that its clients can share one upstream and come back without a gap. */
type ResumableField = {
  readonly resumeArgument: string;
  readonly version: string;
  /** Null in a snapshot. */
  readonly previous: string;
};

const RESUMABLE_FIELDS: Readonly<Record<string, ResumableField>> = {
  seatMapChanged: { resumeArgument: 'sinceVersion', version: 'version', previous: 'previousVersion' },
};

/** Aliases of our own on the upstream operation: the client's may name something else. Shaping the answer drops them. */
type Aliases = { readonly version: string; readonly previous: string };

/** Such as the client's operation does not know, whatever it calls its own fields. */
function aliasesBeside(query: string): Aliases {
  let prefix = '_rt_';
  // Not more underscores in front: two are GraphQL's own.
  while (query.includes(prefix)) prefix = prefix.replace('t', 'tt');
  return { version: `${prefix}version`, previous: `${prefix}previous` };
}

export type SubscriptionPlan = {
  readonly primary: FetchNode;
  readonly rest: PlanNode | undefined;
  /** What goes upstream: the primary fetch, with our aliases if it is resumable. */
  readonly upstreamQuery: string;
  /** Equal for plans that ask the same of the same subgraphs. */
  readonly shape: string;
  readonly resumable: { readonly field: FieldNode; readonly settings: ResumableField } | null;
  /** All clients with the same text, variables and scope may share a topic. */
  readonly text: string;
  /** Of the variables, those that the answer may depend on. */
  readonly variableNames: readonly string[];
  /** Every field below the root shows everybody the same. */
  readonly isPublic: boolean;
  readonly versionsOf: (data: unknown) => { readonly version: number; readonly previous: number | null } | null;
};

const plans = new WeakMap<PlannedOperation, SubscriptionPlan>();

/** Derived once per planned operation. Throws when the planner made something else of it than one primary fetch. */
export function planSubscription(planned: PlannedOperation): SubscriptionPlan {
  const known = plans.get(planned);
  if (known) return known;
  const { checked, authorizedDocument } = planned;
  const field = rootFieldOf(authorizedDocument, checked.operation);
  const settings = field ? RESUMABLE_FIELDS[field.name.value] : undefined;
  const forSharing = (written: DocumentNode): DocumentNode =>
    settings ? withoutArgument(written, settings.resumeArgument, checked.supergraph) : written;
  const document = forSharing(authorizedDocument);
  const { node } = document === authorizedDocument ? planned.plan : planDocument(checked, document);
  if (node?.kind !== 'Subscription') throw new Error('the plan of a subscription has no subscription node');
  const { primary, rest } = node;

  const aliases = aliasesBeside(primary.operation);
  const upstreamQuery = settings ? withVersionAliases(primary.operation, settings, aliases) : primary.operation;
  const responseKey = rootResponseKey(primary.operation);
  const plan: SubscriptionPlan = {
    primary,
    rest,
    upstreamQuery,
    shape: JSON.stringify([primary.serviceName, upstreamQuery, rest]),
    resumable: field && settings ? { field, settings } : null,
    text: createHash('sha256')
      .update(checked.supergraph.sdl)
      .update('\n')
      .update(print(document))
      .update('\n')
      // The answer is shaped by what the client wrote: two documents of which the same is left for a viewer are still two answers.
      .update(print(forSharing(checked.document)))
      .update('\n')
      .update(checked.operation.name?.value ?? '')
      .digest('base64'),
    variableNames: usedVariables(forSharing(checked.document)),
    isPublic: isPublic(document, checked.supergraph),
    versionsOf: (data) => readVersions(data, responseKey, aliases),
  };
  plans.set(planned, plan);
  return plan;
}

function operationIn(document: DocumentNode, name: string | undefined): OperationDefinitionNode | undefined {
  return document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === name,
  );
}

/** A valid subscription has one; it may stand in a fragment. */
function rootFieldOf(document: DocumentNode, operation: OperationDefinitionNode): FieldNode | null {
  const pending: SelectionSetNode[] = [operationIn(document, operation.name?.value)?.selectionSet ?? operation.selectionSet];
  for (let set = pending.pop(); set; set = pending.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) pending.push(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) continue;
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) pending.push(fragment.selectionSet);
    }
  }
  return null;
}

/** Where to resume is each client's own affair: two that differ in nothing else share a topic. */
function withoutArgument(document: DocumentNode, argumentName: string, supergraph: Supergraph): DocumentNode {
  const typeInfo = new TypeInfo(supergraph.apiSchema);
  const root = supergraph.apiSchema.getSubscriptionType();
  const stripped: DocumentNode = visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Argument: (argument) => (argument.name.value === argumentName && typeInfo.getParentType() === root ? null : undefined),
    }),
  );
  const used = new Set(usedVariables(stripped));
  return visit(stripped, { VariableDefinition: (definition) => (used.has(definition.variable.name.value) ? undefined : null) });
}

function usedVariables(document: DocumentNode): readonly string[] {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: (variable) => void used.add(variable.name.value),
  });
  return [...used].toSorted();
}

function rootResponseKey(query: string): string {
  const document = parse(query);
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const field = operation ? rootFieldOf(document, operation) : null;
  return field?.alias?.value ?? field?.name.value ?? '';
}

function aliased(alias: string, name: string): FieldNode {
  return { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: alias }, name: { kind: Kind.NAME, value: name } };
}

/** Directly in the root field's own selection, outside of any fragment, so that no condition leaves them out. */
function withVersionAliases(query: string, settings: ResumableField, aliases: Aliases): string {
  let done = false;
  return print(
    visit(parse(query), {
      Field: {
        enter: (field) => {
          if (done || !field.selectionSet) return undefined;
          done = true;
          const own = [aliased(aliases.version, settings.version), aliased(aliases.previous, settings.previous)];
          return { ...field, selectionSet: { ...field.selectionSet, selections: [...own, ...field.selectionSet.selections] } };
        },
      },
    }),
  );
}

function readVersions(data: unknown, responseKey: string, aliases: Aliases): { version: number; previous: number | null } | null {
  const event = isRecord(data) ? data[responseKey] : undefined;
  if (!isRecord(event)) return null;
  const version = event[aliases.version];
  const previous = event[aliases.previous];
  return typeof version === 'number' ? { version, previous: typeof previous === 'number' ? previous : null } : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isPublic(document: DocumentNode, { apiSchema, accessRules }: Supergraph): boolean {
  const typeInfo = new TypeInfo(apiSchema);
  const root = apiSchema.getSubscriptionType();
  let all = true;
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (field) => {
        const parent: GraphQLCompositeType | null | undefined = typeInfo.getParentType();
        if (field.name.value.startsWith('__')) return;
        const coordinate = `${parent?.name ?? ''}.${field.name.value}`;
        // What needs a right goes upstream in the viewer's own name, tagged or not.
        if (accessRules.requirementOf(coordinate) || (parent !== root && !accessRules.isPublic(coordinate))) all = false;
      },
    }),
  );
  return all;
}
