import type { Document, MongoClient } from 'mongodb';
import { runAssertion } from './assertions.ts';
import { createWorld, transactionOptions, type World } from './entities.ts';
import { expectEvents, expectFailure } from './expectations.ts';
import { expectMatch, Mismatch } from './matching.ts';
import { runOperation } from './operations.ts';
import { copyOf } from './vectors.ts';

/** The server under test, and a client of the runner's own for what surrounds the tests. */
export interface Bench {
  uri: string;
  admin: MongoClient;
}

/** No test of the vectors takes longer unless something never comes. */
const TIME_LIMIT_MS = 15_000;

async function insertInitialData(admin: MongoClient, collections: readonly Document[]): Promise<void> {
  for (const { databaseName, collectionName, documents, createOptions } of collections) {
    const database = admin.db(databaseName);
    const collection = database.collection(collectionName, { writeConcern: { w: 'majority' } });
    await collection.drop();
    if (documents.length === 0 || createOptions) await database.createCollection(collectionName, createOptions ?? {});
    if (documents.length > 0) await collection.insertMany(copyOf(documents));
  }
}

async function perform(world: World, admin: MongoClient, operation: Document): Promise<unknown> {
  const { name, object } = operation;
  const args = copyOf(operation['arguments'] ?? {});
  if (object === 'testRunner') return runAssertion(world, admin, name, args);
  if (name === 'withTransaction') {
    return world
      .get<{ withTransaction: (run: () => Promise<void>, options: Document) => Promise<unknown> }>(object)
      .withTransaction(async () => {
        // An error that the test expects still ends the callback: the driver decides what follows.
        for (const inner of args['callback']) await runStep(world, admin, inner, true);
      }, transactionOptions(args));
  }
  return runOperation(world, name, object, args);
}

async function runStep(world: World, admin: MongoClient, operation: Document, rethrow: boolean): Promise<void> {
  const { name, expectError } = operation;
  let result: unknown;
  try {
    result = await perform(world, admin, operation);
  } catch (error) {
    if (error instanceof Mismatch || operation['ignoreResultAndError']) {
      if (error instanceof Mismatch) throw error;
      return;
    }
    if (expectError) expectFailure(expectError, error as never, world.entities);
    if (rethrow) throw error;
    if (expectError) return;
    throw new Mismatch(`${name} failed: ${String(error)}`, { cause: error });
  }
  if (expectError) throw new Mismatch(`${name}: an error was expected`);
  if ('expectResult' in operation) expectMatch(operation['expectResult'], result, world.entities, name, true);
  if (operation['saveResultAsEntity']) world.entities.set(operation['saveResultAsEntity'], result);
}

async function expectOutcome(admin: MongoClient, world: World, outcome: readonly Document[]): Promise<void> {
  for (const { databaseName, collectionName, documents } of outcome) {
    const actual = await admin
      .db(databaseName)
      .collection(collectionName)
      .find({}, { sort: { _id: 1 } })
      .toArray();
    expectMatch(documents, actual, world.entities, `outcome of ${collectionName}`, false);
  }
}

async function cleanUp(admin: MongoClient, world: World): Promise<void> {
  for (const name of ['failCommand', 'onPrimaryTransactionalWrite'])
    await admin.db('admin').command({ configureFailPoint: name, mode: 'off' });
  await admin.db('admin').command({ killAllSessions: [] });
  await world.close();
}

/** Throws what went wrong, if anything. */
export async function runTest({ uri, admin }: Bench, file: Document, test: Document): Promise<void> {
  await insertInitialData(admin, file['initialData'] ?? []);
  const world = createWorld(uri);
  const body = async (): Promise<void> => {
    await world.createAll(file['createEntities'] ?? []);
    for (const operation of test['operations']) await runStep(world, admin, operation, false);
    for (const expected of test['expectEvents'] ?? []) expectEvents(world, expected);
    await expectOutcome(admin, world, test['outcome'] ?? []);
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`took longer than ${TIME_LIMIT_MS / 1000} s`)), TIME_LIMIT_MS);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
    await cleanUp(admin, world);
  }
}
