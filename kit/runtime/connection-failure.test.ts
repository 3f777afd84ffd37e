import { MongoBulkWriteError, MongoNetworkError, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../values/unavailable.ts';
import { isConnectionFailure } from './connection-failure.ts';

const away = new MongoNetworkError('read ECONNRESET');
const NOTHING_WRITTEN = {} as ConstructorParameters<typeof MongoBulkWriteError>[1];

describe('a failure of a connection', () => {
  it.each([
    ['to MongoDB', away],
    ['to MongoDB in the middle of an insertMany, which wraps it', new MongoBulkWriteError(away, NOTHING_WRITTEN)],
    ['to a MongoDB that has just stepped down', new MongoServerError({ message: 'not primary', code: 10_107 })],
    ['to a MongoDB that is being stopped', new MongoServerError({ message: 'interrupted at shutdown', code: 11_600 })],
    ['to Redis', new Error('Command timed out')],
    ['to a subgraph', new TypeError('fetch failed')],
    ['that somebody has named already', new Unavailable('away')],
  ])('%s is one', (_where, error) => {
    expect(isConnectionFailure(error)).toBe(true);
  });

  it.each([
    ['a duplicate key', new MongoServerError({ message: 'E11000', code: 11_000 })],
    ['a duplicate key in an insertMany', new MongoBulkWriteError({ message: 'E11000', code: 11_000 }, NOTHING_WRITTEN)],
    ['a bug', new TypeError('x is not a function')],
    ['no error at all', 'ECONNRESET'],
  ])('%s is none', (_what, error) => {
    expect(isConnectionFailure(error)).toBe(false);
  });
});
