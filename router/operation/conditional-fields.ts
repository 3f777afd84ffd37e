import type { DocumentNode, FieldNode, SelectionSetNode } from 'graphql';
import { Kind, visit } from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The document for the planner, where an object is asked for even if conditions leave nothing of it. The planner takes conditions together: of
 * `users @include(if: $a) { id @skip(if: $a) }` nothing can ever be left, so that it would not fetch `users` at all, and a list that has to be there would
 * be missing. Shaping the answer drops what the client did not ask for.
 */
export function withConditionalObjects(document: DocumentNode): DocumentNode {
  if (!hasConditions(document)) return document;
  return visit(document, {
    Field: {
      leave: (field) => (field.selectionSet ? { ...field, selectionSet: withTypename(field.selectionSet) } : undefined),
    },
  });
}

function withTypename(set: SelectionSetNode): SelectionSetNode {
  const isAskedForAlready = set.selections.some((selection) => selection.kind === Kind.FIELD && (selection.directives ?? []).length === 0);
  return isAskedForAlready ? set : { ...set, selections: [TYPENAME, ...set.selections] };
}

function hasConditions(document: DocumentNode): boolean {
  let found = false;
  visit(document, { Directive: ({ name }) => void (found ||= name.value === 'skip' || name.value === 'include') });
  return found;
}
