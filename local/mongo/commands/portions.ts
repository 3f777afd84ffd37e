import { withCollation } from '../bson/collation.ts';
import { compileFilter } from '../query/match.ts';
import type { Position } from '../query/path.ts';
import type { Collection } from '../store/collection.ts';
import { visibleVersion, type Transaction } from '../store/mvcc.ts';
import { createTurns } from '../turns.ts';
import { runStatement, type CommandContext } from './context.ts';
import { selectInTurns, type Selected, type Selection } from './select.ts';

/** Documents changed in one transaction: few enough that nobody notices the wait. */
const PORTION = 100;

/** Inside a transaction, and where the statement may be repeated under its number, it is done in one piece. */
export const mayBeDivided = ({ use }: CommandContext): boolean => !use.transaction && use.retryNumber === undefined;

/**
 * An update or delete of many documents, in portions that are each a transaction of their own: as MongoDB does it, it is
 * not atomic as a whole. What has changed since it was chosen is looked at again. `run` says whether to go on.
 */
export async function inPortions(
  context: CommandContext,
  namespace: string,
  selection: Selection,
  run: (transaction: Transaction, collection: Collection, portion: readonly Selected[]) => () => boolean,
): Promise<void> {
  const { engine } = context;
  const collection = engine.ensure(namespace);
  const selected = await selectInTurns(engine, collection, selection, { readAt: engine.now, transaction: null });
  const turn = createTurns(() => engine.seal());
  for (let at = 0; at < selected.length; at += PORTION) {
    const portion = selected.slice(at, at + PORTION);
    const goOn = await runStatement(context, namespace, (transaction) =>
      // Dropped meanwhile: then there is nothing left to change.
      engine.find(namespace) === collection ? run(transaction, collection, stillChosen(portion, selection, transaction)) : () => false,
    );
    if (!goOn()) break;
    await turn();
  }
}

function stillChosen(portion: readonly Selected[], selection: Selection, transaction: Transaction): Selected[] {
  return withCollation(selection.collation, () => {
    let matches: ReturnType<typeof compileFilter> | undefined;
    return portion.flatMap((chosen): Selected[] => {
      const version = visibleVersion(chosen.record, transaction);
      if (!version) return [];
      if (version === chosen.version) return [chosen];
      matches ??= compileFilter(selection.filter, selection.variables);
      const position: Position = {};
      return matches(version.doc, position) ? [{ ...chosen, version, position }] : [];
    });
  });
}
