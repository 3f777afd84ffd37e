import { aggregate } from './aggregate.ts';
import { bulkWrite } from './bulk-write.ts';
import type { Command } from './context.ts';
import { create, createIndexes, drop, dropDatabase, dropIndexes, listCollections, listDatabases, listIndexes } from './definitions.ts';
import { findAndModify } from './find-and-modify.ts';
import { count, distinct, find, getMore, killCursors } from './read.ts';
import { abortTransaction, commitTransaction, endSessions, killAllSessions } from './transaction.ts';
import { deleteCommand, insert, update } from './write.ts';

interface Registered {
  run: Command;
  /** Whether MongoDB lets it run inside a transaction. */
  inTransaction?: boolean;
}

export const COMMANDS: Readonly<Record<string, Registered>> = {
  find: { run: find, inTransaction: true },
  getMore: { run: getMore, inTransaction: true },
  killCursors: { run: killCursors, inTransaction: true },
  distinct: { run: distinct, inTransaction: true },
  aggregate: { run: aggregate, inTransaction: true },
  insert: { run: insert, inTransaction: true },
  update: { run: update, inTransaction: true },
  delete: { run: deleteCommand, inTransaction: true },
  findAndModify: { run: findAndModify, inTransaction: true },
  bulkWrite: { run: bulkWrite, inTransaction: true },
  findandmodify: { run: findAndModify, inTransaction: true },
  commitTransaction: { run: commitTransaction, inTransaction: true },
  abortTransaction: { run: abortTransaction, inTransaction: true },
  count: { run: count },
  create: { run: create, inTransaction: true },
  drop: { run: drop },
  dropDatabase: { run: dropDatabase },
  listCollections: { run: listCollections },
  listDatabases: { run: listDatabases },
  listIndexes: { run: listIndexes },
  createIndexes: { run: createIndexes },
  dropIndexes: { run: dropIndexes },
  endSessions: { run: endSessions },
  killSessions: { run: endSessions },
  killAllSessions: { run: killAllSessions },
};
