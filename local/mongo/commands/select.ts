import { withCollation } from '../bson/collation.ts';
import { serializeDoc, type Doc } from '../bson/value.ts';
import type { Variables } from '../query/expression.ts';
import { compileFilter, type Matcher } from '../query/match.ts';
import type { Position } from '../query/path.ts';
import { compileProjection } from '../query/project.ts';
import { sortBy, type SortField } from '../query/sort.ts';
import type { Collection } from '../store/collection.ts';
import type { Engine } from '../store/engine.ts';
import type { Version, View, DocumentRecord } from '../store/mvcc.ts';
import { candidates, planFind } from '../store/planner.ts';
import { createTurns } from '../turns.ts';

export interface Selection {
  filter: Doc;
  sort: readonly SortField[];
  skip?: number;
  limit?: number | undefined;
  hint?: unknown;
  variables?: Variables;
  keepDocs?: boolean;
  collation?: Intl.Collator | undefined;
  /** Positional projections and updates need to know which element matched. */
  positions?: boolean;
}

export interface Selected {
  record: DocumentRecord;
  version: Version;
  position: Position | undefined;
  /** Parsed, where the selection keeps that: the version itself may have to forget it. */
  doc: Doc | undefined;
}

/** The documents a statement is about, in the order it wants them. */
export function select(collection: Collection | undefined, selection: Selection, view: View): Selected[] {
  return withCollation(selection.collation, () => {
    const search = searching(collection, selection, view);
    for (;;) {
      const step = search.next();
      if (step.done === true) return step.value;
    }
  });
}

/** The same for a read or write that may be long: other connections have their turns in between. The view stays as it is. */
export async function selectInTurns(
  engine: Engine,
  collection: Collection | undefined,
  selection: Selection,
  view: View,
): Promise<Selected[]> {
  // A transaction's own writes could be taken back between two turns.
  if (view.transaction) return select(collection, selection, view);
  const release = engine.hold(view);
  try {
    const turn = createTurns();
    const search = searching(collection, selection, view);
    for (;;) {
      const step = withCollation(selection.collation, () => search.next());
      if (step.done === true) return step.value;
      await turn();
    }
  } finally {
    release();
  }
}

/** Pauses after so many documents. */
const STEP = 64;

function* searching(collection: Collection | undefined, selection: Selection, view: View): Generator<undefined, Selected[]> {
  const matches: Matcher = compileFilter(selection.filter, selection.variables);
  if (!collection) return [];
  const plan = planFind(collection, selection.filter, selection.sort, selection.hint);
  const skip = selection.skip ?? 0;
  const wanted = selection.limit === undefined ? Infinity : skip + selection.limit;
  const found: Selected[] = [];
  if (wanted === 0) return found;
  let looked = 0;
  for (const { record, version } of candidates(collection, plan, view)) {
    looked += 1;
    if (looked % STEP === 0) yield;
    const position: Position | undefined = selection.positions ? {} : undefined;
    const { doc } = version;
    if (!matches(doc, position)) continue;
    found.push({ record, version, position, doc: selection.keepDocs ? doc : undefined });
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
