import { isDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { compileDocumentPipeline } from '../query/document-stages.ts';
import { CommandError } from '../errors.ts';
import { getField } from '../bson/value.ts';
import type { Transaction } from '../store/mvcc.ts';
import type { Collection } from '../store/collection.ts';
import { allowFields, checkedNamespace, runStatement, whenWritten, type CommandContext } from './context.ts';
import { deleteMatching, insertOne, update } from './statements.ts';

export interface OutputStage {
  name: '$merge' | '$out';
  operand: unknown;
}

type Write = (collection: Collection, transaction: Transaction, doc: Doc) => void;

/** `$merge` and `$out`: the results are written in one private transaction, so readers see all of them or none. */
export async function writeStage(context: CommandContext, stage: OutputStage, results: readonly Doc[]): Promise<void> {
  if (context.use.transaction)
    throw new CommandError('OperationNotSupportedInTransaction', `${stage.name} cannot be used in a transaction`);
  const spec: Doc = isDoc(stage.operand) ? stage.operand : {};
  const into = stage.name === '$merge' ? (spec['into'] ?? stage.operand) : stage.operand;
  const namespace = targetNamespace(context, stage.name, into);
  if (stage.name === '$merge' && isDoc(stage.operand)) allowFields('$merge', spec, ['into', 'on', 'whenMatched', 'whenNotMatched', 'let']);
  const write = stage.name === '$out' ? insertDoc : mergeDoc(spec);
  await runStatement(context, namespace, (transaction) => {
    const collection = context.engine.ensure(namespace);
    if (stage.name === '$out')
      deleteMatching(collection, transaction, {
        filter: {},
        limit: undefined,
        sort: [],
        hint: undefined,
        variables: {},
        collation: undefined,
      });
    for (const doc of results) write(collection, transaction, doc);
  });
  await whenWritten(context);
}

function targetNamespace(context: CommandContext, stage: string, into: unknown): string {
  if (typeof into === 'string') return checkedNamespace(context.database, into);
  if (isDoc(into) && typeof into['coll'] === 'string')
    return checkedNamespace(typeof into['db'] === 'string' ? into['db'] : context.database, into['coll']);
  throw new CommandError('TypeMismatch', `${stage} needs the name of a collection`);
}

const insertDoc: Write = (collection, transaction, doc) => insertOne(collection, transaction, serializeDoc(doc));

function mergeDoc(spec: Doc): Write {
  const on = spec['on'] === undefined ? ['_id'] : [spec['on']].flat();
  if (!on.every((field) => typeof field === 'string'))
    throw new CommandError('TypeMismatch', '$merge.on must be a string or an array of strings');
  const whenMatched = spec['whenMatched'] ?? 'merge';
  const whenNotMatched = spec['whenNotMatched'] ?? 'insert';
  if (typeof whenNotMatched !== 'string' || !['insert', 'discard', 'fail'].includes(whenNotMatched))
    throw new CommandError('BadValue', `$merge.whenNotMatched ${JSON.stringify(whenNotMatched)} is not supported`);
  return (collection, transaction, doc) => {
    const filter = Object.fromEntries(on.map((field) => [field, { $eq: getField(doc, field) ?? null }]));
    const change = matchedChange(whenMatched, doc);
    const { matched } = update(collection, transaction, {
      filter,
      update: change,
      multi: false,
      upsert: false,
      sort: [],
      hint: undefined,
      variables: {},
      collation: undefined,
    });
    if (matched > 0) return;
    if (whenNotMatched === 'fail')
      throw new CommandError(
        'BadValue',
        '$merge could not find a matching document in the target collection for at least one document in the source collection',
      );
    if (whenNotMatched === 'insert') insertDoc(collection, transaction, doc);
  };
}

function matchedChange(whenMatched: unknown, doc: Doc): (present: Doc) => Doc {
  if (Array.isArray(whenMatched)) return compileDocumentPipeline(whenMatched, { new: doc });
  switch (whenMatched) {
    case 'merge':
      return (present) => ({ ...present, ...doc, _id: present['_id'] });
    case 'replace':
      return (present) => ({ ...doc, _id: present['_id'] });
    case 'keepExisting':
      return (present) => present;
    case 'fail':
      return (present) => {
        throw new CommandError('DuplicateKey', '$merge found a document with the same key', {
          fields: { keyPattern: { _id: 1 }, keyValue: { _id: present['_id'] } },
        });
      };
    default:
      throw new CommandError('BadValue', `$merge.whenMatched ${JSON.stringify(whenMatched)} is not supported`);
  }
}
