import type { AbstractCursor, ClientSession, Db, Document, GridFSBucket, MongoClient, ObjectId } from 'mongodb';
import { readPreferenceOf, transactionOptions, type AnyCollection, type World } from './entities.ts';
import { isNumber, Mismatch, toNumber } from './matching.ts';

/** Given: the entity, the arguments, and the same without those that are parameters of the driver's method. */
interface Call {
  target: unknown;
  args: Document;
  without: (...names: string[]) => Document;
}
type Operation = (call: Call) => unknown;

const collection =
  (run: (on: AnyCollection, call: Call) => unknown): Operation =>
  (call) =>
    run(call.target as AnyCollection, call);
const database =
  (run: (on: Db, call: Call) => unknown): Operation =>
  (call) =>
    run(call.target as Db, call);
const client =
  (run: (on: MongoClient, call: Call) => unknown): Operation =>
  (call) =>
    run(call.target as MongoClient, call);
const session =
  (run: (on: ClientSession, call: Call) => unknown): Operation =>
  (call) =>
    run(call.target as ClientSession, call);
const cursor =
  (run: (on: AbstractCursor<Document>) => unknown): Operation =>
  (call) =>
    run(call.target as AbstractCursor<Document>);

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function commandCursor(on: Db, { args, without }: Call) {
  const made = on.runCursorCommand(args['command'], without('command', 'commandName', 'batchSize', 'maxTimeMS', 'comment', 'timeoutMS'));
  if (isNumber(args['batchSize'])) made.setBatchSize(toNumber(args['batchSize']));
  if (isNumber(args['maxTimeMS'])) made.setMaxTimeMS(toNumber(args['maxTimeMS']));
  if (args['comment'] !== undefined) made.setComment(args['comment']);
  return made;
}

const databases = (on: MongoClient, options: Document) => on.db('admin').admin().listDatabases(options);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  insertOne: collection((on, { args, without }) => on.insertOne(args['document'], without('document'))),
  insertMany: collection((on, { args, without }) => on.insertMany(args['documents'], without('documents'))),
  find: collection((on, { args, without }) => on.find(args['filter'], without('filter')).toArray()),
  findOne: collection((on, { args, without }) => on.findOne(args['filter'], without('filter'))),
  updateOne: collection((on, { args, without }) => on.updateOne(args['filter'], args['update'], without('filter', 'update'))),
  updateMany: collection((on, { args, without }) => on.updateMany(args['filter'], args['update'], without('filter', 'update'))),
  replaceOne: collection((on, { args, without }) => on.replaceOne(args['filter'], args['replacement'], without('filter', 'replacement'))),
  deleteOne: collection((on, { args, without }) => on.deleteOne(args['filter'], without('filter'))),
  deleteMany: collection((on, { args, without }) => on.deleteMany(args['filter'], without('filter'))),
  findOneAndUpdate: collection((on, { args, without }) => on.findOneAndUpdate(args['filter'], args['update'], without('filter', 'update'))),
  findOneAndReplace: collection((on, { args, without }) =>
    on.findOneAndReplace(args['filter'], args['replacement'], without('filter', 'replacement')),
  ),
  findOneAndDelete: collection((on, { args, without }) => on.findOneAndDelete(args['filter'], without('filter'))),
  // A collection's and a database's alike.
  aggregate: collection((on, { args, without }) => on.aggregate(args['pipeline'], without('pipeline')).toArray()),
  distinct: collection((on, { args, without }) => on.distinct(args['fieldName'], args['filter'] ?? {}, without('fieldName', 'filter'))),
  // oxlint-disable-next-line typescript/no-deprecated -- the deprecated method has tests of its own
  count: collection((on, { args, without }) => on.count(args['filter'] ?? {}, without('filter'))),
  countDocuments: collection((on, { args, without }) => on.countDocuments(args['filter'], without('filter'))),
  estimatedDocumentCount: collection((on, { without }) => on.estimatedDocumentCount(without())),
  bulkWrite: collection((on, { args, without }) => on.bulkWrite(args['requests'], without('requests'))),
  createFindCursor: collection((on, { args, without }) => on.find(args['filter'], without('filter'))),
  listIndexes: collection((on, { without }) => on.listIndexes(without()).toArray()),
  listIndexNames: collection(async (on, { without }) => (await on.listIndexes(without()).toArray()).map(({ name }) => name)),
  createIndex: collection((on, { args, without }) => on.createIndex(args['keys'], without('keys'))),

  runCommand: database((on, { args, without }) => on.command(args['command'], without('command', 'commandName'))),
  runCursorCommand: database((on, call) => commandCursor(on, call).toArray()),
  createCommandCursor: database(async (on, call) => {
    const made = commandCursor(on, call);
    // The driver sends the command with the first use, the test expects it now.
    await made.hasNext();
    return made;
  }),
  listCollections: database((on, { args, without }) => on.listCollections(args['filter'] ?? {}, without('filter')).toArray()),
  listCollectionObjects: database((on, { args, without }) => on.listCollections(args['filter'] ?? {}, without('filter')).toArray()),
  listCollectionNames: database(async (on, { args, without }) =>
    (await on.listCollections(args['filter'] ?? {}, { ...without('filter'), nameOnly: true }).toArray()).map(({ name }) => name),
  ),
  createCollection: database((on, { args, without }) => on.createCollection(args['collection'], without('collection'))),
  dropCollection: database((on, { args, without }) => on.dropCollection(args['collection'], without('collection'))),
  modifyCollection: database((on, { args, without }) => {
    const { session: inSession, ...options } = without('collection');
    return on.command({ collMod: args['collection'], ...options }, inSession ? { session: inSession } : {});
  }),

  clientBulkWrite: client((on, { args, without }) =>
    on.bulkWrite(
      (args['models'] as Document[]).map((model) => {
        const [[name, fields] = ['', {}]] = Object.entries(model);
        return { name, ...fields } as never;
      }),
      without('models'),
    ),
  ),
  listDatabases: client((on, { without }) => databases(on, without())),
  listDatabaseNames: client(async (on, { without }) =>
    (await databases(on, { ...without(), nameOnly: true })).databases.map(({ name }) => name),
  ),
  listDatabaseObjects: client(async (on, { without }) => (await databases(on, without())).databases),

  startTransaction: session((on, { args }) => on.startTransaction(transactionOptions(args))),
  commitTransaction: session((on, { without }) => on.commitTransaction(without())),
  abortTransaction: session((on, { without }) => on.abortTransaction(without())),
  endSession: session((on) => on.endSession()),
  getSnapshotTime: session((on) => (on as unknown as Document)['snapshotTime']),

  iterateOnce: cursor((on) => on.tryNext()),
  iterateUntilDocumentOrError: cursor((on) => on.next()),
  close: cursor((on) => on.close()),

  downloadByName: ({ target, args, without }) =>
    bytesOf((target as GridFSBucket).openDownloadStreamByName(args['filename'], without('filename'))),
  download: ({ target, args }) => bytesOf((target as GridFSBucket).openDownloadStream(args['id'] as ObjectId)),
};

/** Driver options that want plain numbers. */
const COUNTS = ['timeoutMS', 'maxTimeMS', 'limit', 'skip', 'batchSize'];

/** Runs an operation on an entity; its value is what the driver gave. */
export async function runOperation(world: World, name: string, object: string, args: Document): Promise<unknown> {
  const operation = OPERATIONS[name];
  if (!operation) throw new Mismatch(`the runner does not know the operation '${name}'`);
  const options: Document = { ...args };
  for (const count of COUNTS) if (isNumber(options[count])) options[count] = toNumber(options[count]);
  if (args['session'] !== undefined) options['session'] = world.get(args['session']);
  if (args['readPreference'] !== undefined) options['readPreference'] = readPreferenceOf(args['readPreference']);
  if (args['returnDocument'] !== undefined) options['returnDocument'] = String(args['returnDocument']).toLowerCase();
  const without = (...names: string[]): Document => Object.fromEntries(Object.entries(options).filter(([key]) => !names.includes(key)));
  return operation({ target: world.get(object), args, without });
}
