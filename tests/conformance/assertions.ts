import type { ClientSession, Document, MongoClient } from 'mongodb';
import type { World } from './entities.ts';
import { Mismatch } from './matching.ts';

/* Operations on the runner itself: fail points, and assertions about the server and the driver. */

const DRIVER_STATES: Record<string, string> = {
  none: 'NO_TRANSACTION',
  starting: 'STARTING_TRANSACTION',
  in_progress: 'TRANSACTION_IN_PROGRESS',
  committed: 'TRANSACTION_COMMITTED',
  aborted: 'TRANSACTION_ABORTED',
};

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Mismatch(what);
}

/** The driver keeps the state of sessions to itself; the specification's tests look at it. */
interface SessionInside {
  serverSession: { isDirty: boolean };
  transaction: { state: string };
}
const inside = (world: World, id: unknown): SessionInside => world.get<ClientSession>(id) as unknown as SessionInside;

async function collectionExists(admin: MongoClient, args: Document): Promise<boolean> {
  return (await admin.db(args['databaseName']).listCollections({ name: args['collectionName'] }).toArray()).length > 0;
}

async function indexExists(admin: MongoClient, args: Document): Promise<boolean> {
  if (!(await collectionExists(admin, args))) return false;
  const indexes = await admin.db(args['databaseName']).collection(args['collectionName']).indexes();
  return indexes.some(({ name }) => name === args['indexName']);
}

function lastTwoSessionsAreSame(world: World, id: unknown): boolean {
  const observed = world.clients.get(String(id));
  if (!observed || observed.commands.length < 2) throw new Mismatch('fewer than two commands were sent');
  const [first, second] = observed.commands.slice(-2).map(({ lsid }) => JSON.stringify(lsid));
  return first === second;
}

export async function runAssertion(world: World, admin: MongoClient, name: string, args: Document): Promise<void> {
  switch (name) {
    case 'failPoint':
      await admin.db('admin').command(args['failPoint']);
      return;
    case 'createEntities':
      await world.createAll(args['entities']);
      return;
    case 'assertCollectionExists':
    case 'assertCollectionNotExists':
      assert((await collectionExists(admin, args)) === (name === 'assertCollectionExists'), `${name} does not hold`);
      return;
    case 'assertIndexExists':
    case 'assertIndexNotExists':
      assert((await indexExists(admin, args)) === (name === 'assertIndexExists'), `${name} does not hold`);
      return;
    case 'assertSessionTransactionState': {
      const { state } = inside(world, args['session']).transaction;
      assert(DRIVER_STATES[args['state']] === state, `the transaction's state is ${state}`);
      return;
    }
    case 'assertSessionDirty':
    case 'assertSessionNotDirty':
      assert(inside(world, args['session']).serverSession.isDirty === (name === 'assertSessionDirty'), `${name} does not hold`);
      return;
    case 'assertSameLsidOnLastTwoCommands':
    case 'assertDifferentLsidOnLastTwoCommands':
      assert(lastTwoSessionsAreSame(world, args['client']) === name.startsWith('assertSame'), `${name} does not hold`);
      return;
    case 'assertNumberConnectionsCheckedOut': {
      const checkedOut = world.clients.get(String(args['client']))?.checkedOut();
      assert(checkedOut === args['connections'], `${checkedOut} connections are checked out`);
      return;
    }
    default:
      throw new Mismatch(`the runner does not know the operation '${name}' of the test runner`);
  }
}
