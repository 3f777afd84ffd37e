import { GridFSBucket, ReadPreference, type ClientSession, type Collection, type Db, type Document, type MongoClient } from 'mongodb';
import { Mismatch, toNumber, type Entities } from './matching.ts';
import { openClient, type ObservedClient } from './observed-client.ts';

export function readPreferenceOf({ mode, maxStalenessSeconds }: Document): ReadPreference {
  return new ReadPreference(mode, undefined, maxStalenessSeconds === undefined ? {} : { maxStalenessSeconds });
}

const withReadPreference = (options: Document | undefined): Document =>
  options?.['readPreference'] ? { ...options, readPreference: readPreferenceOf(options['readPreference']) } : (options ?? {});

export function transactionOptions(given: Document | undefined): Document {
  const { readConcern, writeConcern, readPreference, maxCommitTimeMS } = given ?? {};
  return {
    ...(readConcern ? { readConcern } : {}),
    ...(writeConcern ? { writeConcern } : {}),
    ...(readPreference ? { readPreference: readPreferenceOf(readPreference) } : {}),
    ...(maxCommitTimeMS === undefined ? {} : { maxCommitTimeMS: toNumber(maxCommitTimeMS) }),
  };
}

/** The named things of one test. The caller closes them. */
export function createWorld(uri: string) {
  const entities: Entities = new Map();
  const clients = new Map<string, ObservedClient>();
  const sessions: ClientSession[] = [];

  // The caller knows what kind of thing the test has named.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- one cast here instead of one at each call
  function get<T>(id: unknown): T {
    const entity = entities.get(String(id));
    if (entity === undefined) throw new Mismatch(`the test names no entity '${String(id)}'`);
    return entity as T;
  }

  function startSession(spec: Document): ClientSession {
    const { defaultTransactionOptions, snapshotTime, ...options } = spec['sessionOptions'] ?? {};
    const session = get<MongoClient>(spec['client']).startSession({
      ...options,
      ...(defaultTransactionOptions ? { defaultTransactionOptions: transactionOptions(defaultTransactionOptions) } : {}),
    });
    // The driver has no such option: its field is set instead.
    if (snapshotTime) Object.assign(session, { snapshotTime: get(snapshotTime) });
    sessions.push(session);
    entities.set(`lsid of ${spec['id']}`, session.id);
    return session;
  }

  async function create(kind: string, spec: Document): Promise<unknown> {
    switch (kind) {
      case 'client': {
        const observed = await openClient(uri, spec);
        clients.set(spec['id'], observed);
        return observed.client;
      }
      case 'database':
        return get<MongoClient>(spec['client']).db(spec['databaseName'], withReadPreference(spec['databaseOptions']));
      case 'collection':
        return get<Db>(spec['database']).collection(spec['collectionName'], withReadPreference(spec['collectionOptions']));
      case 'session':
        return startSession(spec);
      case 'bucket':
        return new GridFSBucket(get<Db>(spec['database']), spec['bucketOptions'] ?? {});
      default:
        throw new Mismatch(`the runner does not know entities of kind '${kind}'`);
    }
  }

  return {
    entities,
    clients,
    get,
    async createAll(specs: readonly Document[]): Promise<void> {
      for (const spec of specs) {
        const [entry] = Object.entries(spec);
        if (entry) entities.set(entry[1]['id'], await create(entry[0], entry[1]));
      }
    },
    async close(): Promise<void> {
      for (const session of sessions) await session.endSession().catch(() => {});
      for (const { client } of clients.values()) await client.close();
    },
  };
}

export type World = ReturnType<typeof createWorld>;
export type AnyCollection = Collection;
