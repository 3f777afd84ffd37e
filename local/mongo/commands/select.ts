import { withCollation } from '../bson/collation.ts';
import { serializeDoc, type Doc } from '../bson/value.ts';
import type { Variables } from '../query/expression.ts';
import { compileFilter, type Matcher } from '../query/match.ts';
import type { Position } from '../query/path.ts';
import { compileProjection } from '../query/project.ts';
import { sortBy, type SortField } from '../query/sort.ts';
import type { Collection } from '../store/collection.ts';
import type { Version, View, DocumentRecord } from '../store/mvcc.ts';
import { candidates, planFind } from '../store/planner.ts';

export interface Selection {
  filter: Doc;
  sort: readonly SortField[];
  skip?: number;
  limit?: number | undefined;
  hint?: unknown;
  variables?: Variables;
  collation?: Intl.Collator | undefined;
  /** Positional projections and updates need to know which element matched. */
  positions?: boolean;
}

export interface Selected {
  record: DocumentRecord;
  version: Version;
  position: Position | undefined;
}

/** The documents a statement is about, in the order it wants them. */
export function select(collection: Collection | undefined, selection: Selection, view: View): Selected[] {
  return withCollation(selection.collation, () => selectInOrder(collection, selection, view));
}

function selectInOrder(collection: Collection | undefined, selection: Selection, view: View): Selected[] {
  const matches: Matcher = compileFilter(selection.filter, selection.variables);
  if (!collection) return [];
  const plan = planFind(collection, selection.filter, selection.sort, selection.hint);
  const skip = selection.skip ?? 0;
  const wanted = selection.limit === undefined ? Infinity : skip + selection.limit;
  const found: Selected[] = [];
  if (wanted === 0) return found;
  for (const { record, version } of candidates(collection, plan, view)) {
    const position: Position | undefined = selection.positions ? {} : undefined;
    if (!matches(version.doc, position)) continue;
    found.push({ record, version, position });
    if (plan.sorted && found.length >= wanted) break;
  }
  const ordered = plan.sorted ? found : sortBy(found, selection.sort, ({ version }) => version.doc);
  return skip > 0 || wanted < ordered.length ? ordered.slice(skip, wanted) : ordered;
}

const EMPTY = serializeDoc({});

/** Stored bytes as they are, unless a projection asks for something else. */
export function resultBytes(selected: readonly Selected[], projection: Doc | undefined, variables: Variables): Buffer[] {
  if (!projection || Object.keys(projection).length === 0) return selected.map(({ version }) => version.bytes ?? EMPTY);
  const project = compileProjection(projection, 'find');
  return selected.map(({ version, position }) => serializeDoc(project(version.doc, variables, position)));
}
