import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { JWK } from 'jose';
import type { Db, MongoClient } from 'mongodb';
import type { IdentityVerifier } from '../../kit/graphql/identity.ts';
import { createSubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import { isConnectionFailure } from '../../kit/runtime/connection-failure.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { runPeriodically } from '../../kit/runtime/periodic.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { Unavailable } from '../../kit/values/unavailable.ts';
import { createContextFactory } from './context.ts';
import { createAccessTokenSigner } from './credentials/access-token-signer.ts';
import { createPasswordHasher } from './credentials/password-hasher.ts';
import { createRefreshSecrets } from './credentials/refresh-secrets.ts';
import { createSessionStore } from './repositories/session-store.ts';
import { createTokenVersionChanges } from './repositories/token-version-changes.ts';
import { createUserRepository } from './repositories/user-repository.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createApplyTokenVersion } from './usecases/apply-token-version.ts';
import { createChangePassword } from './usecases/change-password.ts';
import { createFirstAdminMaker } from './usecases/create-first-admin.ts';
import { createFindPresentedSession } from './usecases/find-presented-session.ts';
import { createListSessions } from './usecases/list-sessions.ts';
import { createListUsers } from './usecases/list-users.ts';
import { createLogIn } from './usecases/log-in.ts';
import { createLogOut } from './usecases/log-out.ts';
import { createRefreshSession } from './usecases/refresh-session.ts';
import { createRevokeSession } from './usecases/revoke-session.ts';
import { createSetUserRoles } from './usecases/set-user-roles.ts';
import { createSignUp } from './usecases/sign-up.ts';
import { createStartSession } from './usecases/start-session.ts';

export type AuthDeps = {
  readonly mongo: { readonly client: MongoClient; readonly db: Db };
  readonly redis: RedisClient;
  readonly verifier: IdentityVerifier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly introspection: boolean;
  /** Ed25519; signs access tokens. */
  readonly privateKey: JWK & { x: string };
  readonly sessionHmacKey: string;
  readonly accessTokenLifeSeconds: number;
  readonly refreshTokenLifeSeconds: number;
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
  readonly graceMilliseconds?: number;
};

const PENDING_EVERY_MS = 1_000;
const JWKS_MAX_AGE_SECONDS = 300;

/** The auth subgraph, not yet listening. `close` ends what it started; connections stay with whoever opened them. */
export async function createAuthApp(deps: AuthDeps): Promise<{ httpServer: Server; close: () => Promise<void> }> {
  const { mongo, redis, clock, logger, accessTokenLifeSeconds, refreshTokenLifeSeconds, graceMilliseconds } = deps;
  const changes = createTokenVersionChanges({ db: mongo.db, clock });
  const users = createUserRepository({ ...mongo, clock, changes });
  const sessions = createSessionStore({
    redis,
    accessTokenLifeSeconds,
    refreshTokenLifeSeconds,
    ...(graceMilliseconds === undefined ? {} : { graceMilliseconds }),
  });
  const hasher = await createPasswordHasher();
  const secrets = createRefreshSecrets({ hmacKey: deps.sessionHmacKey });
  const accessTokens = await createAccessTokenSigner({ privateKey: deps.privateKey, lifeSeconds: accessTokenLifeSeconds, clock });

  const tokenVersions = createApplyTokenVersion({ changes, sessions, accessTokenLifeSeconds, clock });
  const findPresentedSession = createFindPresentedSession({ sessions, secrets });
  const startSession = createStartSession({ sessions, secrets, accessTokens });
  const refreshSession = createRefreshSession({ users, sessions, secrets, accessTokens, logger });
  const usecases = {
    signUp: createSignUp({ users, sessions, hasher, startSession, findPresentedSession, clock }),
    logIn: createLogIn({ users, sessions, hasher, startSession, findPresentedSession }),
    refreshSession,
    logOut: createLogOut({ users, sessions, tokenVersions, findPresentedSession }),
    listSessions: createListSessions({ sessions, secrets }),
    revokeSession: createRevokeSession({ sessions, secrets }),
    changePassword: createChangePassword({ users, sessions, hasher, tokenVersions, refreshSession }),
    setUserRoles: createSetUserRoles({ users, sessions, tokenVersions }),
    listUsers: createListUsers({ users }),
  };

  await Promise.all([users.ensureIndexes(), changes.ensureIndexes()]);
  if (deps.firstAdmin) await createFirstAdminMaker({ users, hasher, clock, logger })(deps.firstAdmin);

  const server = await createSubgraphServer({
    name: 'auth',
    typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    verifier: deps.verifier,
    createContext: createContextFactory({ users, usecases }),
    logger,
    isUnavailable: (error) => error instanceof Unavailable || isConnectionFailure(error),
    introspection: deps.introspection,
    ready: async () => {
      await Promise.all([mongo.db.command({ ping: 1 }), redis.ping()]);
      return true;
    },
    routes: (app) => {
      app.get('/jwks.json', async (_request, reply) =>
        reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(accessTokens.jwks),
      );
    },
  });
  const pending = runPeriodically({
    name: 'token-versions',
    everyMilliseconds: PENDING_EVERY_MS,
    logger,
    task: tokenVersions.applyPending,
  });

  return {
    httpServer: server.httpServer,
    close: async () => {
      await server.close();
      await pending.close();
    },
  };
}
