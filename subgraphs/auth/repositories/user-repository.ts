import type { ClientSession, Db, MongoClient, UpdateFilter } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import { inTransaction } from '../../../kit/runtime/transaction.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { RolesChange } from '../domain/outcomes.ts';
import type { TokenVersionChange } from '../domain/token-version.ts';
import type { User } from '../domain/user.ts';
import type { Role } from '../domain/viewer.ts';
import type { TokenVersionChanges } from './token-version-changes.ts';

type UserDocument = {
  _id: string;
  email: string;
  displayName: string;
  passwordHash: string;
  roles: Role[];
  createdAt: Date;
  tokenVersion: number;
  sessionsEndedBelow: number;
  keptSid: string | null;
};

/** Changes that take the ADMIN role away all write it: two at once conflict, and the second one counts again. */
type GuardDocument = { _id: 'admins'; changes: number };

/** A raised token version: the user as stored, and the change that must still reach Redis. */
export type RaisedTokenVersion = { readonly user: User; readonly change: TokenVersionChange };

const toUser = ({ _id, passwordHash: _secret, ...rest }: UserDocument): User => ({ id: _id, ...rest });

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

export function createUserRepository(deps: { client: MongoClient; db: Db; clock: Clock; changes: TokenVersionChanges }) {
  const users = deps.db.collection<UserDocument>('users');
  const guards = deps.db.collection<GuardDocument>('guards');

  async function raise(
    session: ClientSession,
    userId: string,
    update: UpdateFilter<UserDocument>,
    ends: { keptSid: string | null } | null,
  ): Promise<RaisedTokenVersion | null> {
    const raised = await users.findOneAndUpdate(
      { _id: userId },
      { ...update, $inc: { tokenVersion: 1 } },
      { session, returnDocument: 'after' },
    );
    if (!raised) return null;
    const change = await deps.changes.append(session, {
      userId,
      version: raised.tokenVersion,
      endsSessions: ends !== null,
      keptSid: ends?.keptSid ?? null,
    });
    if (!ends) return { user: toUser(raised), change };
    const marked = { sessionsEndedBelow: raised.tokenVersion, keptSid: ends.keptSid };
    await users.updateOne({ _id: userId }, { $set: marked }, { session });
    return { user: { ...toUser(raised), ...marked }, change };
  }

  return {
    async ensureIndexes(): Promise<void> {
      await users.createIndex({ email: 1 }, { unique: true });
      await users.createIndex({ createdAt: -1, _id: -1 });
      await users.createIndex({ roles: 1 });
      // Made outside any transaction: inside, two first upserts would collide for good.
      try {
        await guards.updateOne({ _id: 'admins' }, { $setOnInsert: { changes: 0 } }, { upsert: true });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },

    /** False when the e-mail address is taken. */
    async insert(user: User, passwordHash: string): Promise<boolean> {
      const { id, roles, ...rest } = user;
      try {
        await users.insertOne({ _id: id, ...rest, roles: [...roles], passwordHash });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async findById(id: string): Promise<User | null> {
      const found = await users.findOne({ _id: id });
      return found && toUser(found);
    },

    async findByIds(ids: readonly string[]): Promise<readonly User[]> {
      return (await users.find({ _id: { $in: [...ids] } }).toArray()).map(toUser);
    },

    async isEmailTaken(email: string): Promise<boolean> {
      return (await users.findOne({ email }, { projection: { _id: 1 } })) !== null;
    },

    async findCredentials(by: { email: string } | { id: string }): Promise<{ user: User; passwordHash: string } | null> {
      const found = await users.findOne('id' in by ? { _id: by.id } : { email: by.email });
      return found && { user: toUser(found), passwordHash: found.passwordHash };
    },

    /** Only while the old hash still stands: a password changed meanwhile wins. */
    async replacePasswordHash(userId: string, oldHash: string, newHash: string): Promise<void> {
      await users.updateOne({ _id: userId, passwordHash: oldHash }, { $set: { passwordHash: newHash } });
    },

    /** Newest first, starting behind `after`. `search` is a part of the e-mail address or the display name, in any case. */
    async listNewestFirst(options: {
      search: string | null;
      after: { key: number; id: string } | null;
      limit: number;
    }): Promise<readonly User[]> {
      const pattern = options.search === null ? null : new RegExp(escapeRegExp(options.search), 'i');
      const createdAt = new Date(options.after?.key ?? 0);
      const conditions = [
        ...(pattern === null ? [] : [{ $or: [{ email: pattern }, { displayName: pattern }] }]),
        ...(options.after === null ? [] : [{ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: options.after.id } }] }]),
      ];
      const found = users
        .find(conditions.length === 0 ? {} : { $and: conditions })
        .sort({ createdAt: -1, _id: -1 })
        .limit(options.limit);
      return (await found.toArray()).map(toUser);
    },

    async hasAdmin(): Promise<boolean> {
      return (await users.findOne({ roles: 'ADMIN' }, { projection: { _id: 1 } })) !== null;
    },

    async changeRoles(userId: string, roles: readonly Role[]): Promise<{ outcome: RolesChange; change: TokenVersionChange | null }> {
      return inTransaction(deps.client, async (session) => {
        const found = await users.findOne({ _id: userId }, { session });
        if (!found) return { outcome: { kind: 'UserNotFound' }, change: null };
        if (found.roles.length === roles.length && roles.every((role) => found.roles.includes(role)))
          return { outcome: { kind: 'Changed', user: toUser(found) }, change: null };
        if (found.roles.includes('ADMIN') && !roles.includes('ADMIN')) {
          // Two admins who demote each other read the same snapshot, each seeing the other: only a common write makes one of them wait.
          await guards.updateOne({ _id: 'admins' }, { $inc: { changes: 1 } }, { session });
          const other = await users.findOne({ roles: 'ADMIN', _id: { $ne: userId } }, { session, projection: { _id: 1 } });
          if (!other) return { outcome: { kind: 'LastAdmin' }, change: null };
        }
        const raised = await raise(session, userId, { $set: { roles: [...roles] } }, null);
        return raised
          ? { outcome: { kind: 'Changed', user: raised.user }, change: raised.change }
          : { outcome: { kind: 'UserNotFound' }, change: null };
      });
    },

    /** Null when there is no such user, or its password was changed since `oldHash` was read. */
    async changePassword(userId: string, oldHash: string, newHash: string, keptSid: string): Promise<RaisedTokenVersion | null> {
      return inTransaction(deps.client, async (session) => {
        const found = await users.findOne({ _id: userId, passwordHash: oldHash }, { session, projection: { _id: 1 } });
        return found && raise(session, userId, { $set: { passwordHash: newHash } }, { keptSid });
      });
    },

    async endAllSessions(userId: string): Promise<RaisedTokenVersion | null> {
      return inTransaction(deps.client, (session) => raise(session, userId, {}, { keptSid: null }));
    },
  };
}
export type UserRepository = ReturnType<typeof createUserRepository>;
