import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { freshMongo, freshRedisUrl } from '../../tests/harness/fresh.ts';
import type { Identity } from '../../kit/graphql/identity.ts';
import { createIdentitySigner, createIdentityVerifier, IDENTITY_HEADER, ROLES } from '../../kit/graphql/identity.ts';
import { listen } from '../../kit/runtime/listen.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { sessionKeys } from '../../kit/runtime/session-keys.ts';
import { systemClock } from '../../kit/values/clock.ts';
import type { AuthDeps } from './app.ts';
import { createAuthApp } from './app.ts';

export async function ed25519() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const { kty = '', crv = '', x = '', d = '' } = jwk;
  return { privateKey: { kty, crv, x, d }, publicKey: { kty, crv, x } };
}

const answerSchema = z.object({
  data: z.record(z.string(), z.any()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), path: z.array(z.any()).optional(), extensions: z.record(z.string(), z.any()) }))
    .optional(),
  extensions: z
    .object({
      session: z.union([
        z.object({
          set: z.object({
            accessToken: z.string(),
            accessTokenExpiresAt: z.string(),
            refreshToken: z.string(),
            refreshTokenExpiresAt: z.string(),
          }),
        }),
        z.object({ clear: z.literal(true) }),
      ]),
    })
    .optional(),
});
export type Answer = z.output<typeof answerSchema>;

const claimsSchema = z.object({ sub: z.string(), sid: z.string(), gen: z.number(), ver: z.number(), roles: z.array(z.enum(ROLES)) });

export const ADMIN = { email: 'admin@example.org', password: 'a-real-admin-password' };

/** The auth subgraph on a port of its own, over a database and a Redis nobody else uses; `second` adds another instance over the same two. */
export async function startAuth(overrides: Partial<AuthDeps> = {}) {
  const mongo = await freshMongo('auth');
  const redisUrl = await freshRedisUrl();
  const redis = await connectRedis({ url: redisUrl, name: 'auth-test', logger: silentLogger });
  const [routerKey, authKey] = await Promise.all([ed25519(), ed25519()]);
  const signer = await createIdentitySigner({ issuer: 'router', privateKey: routerKey.privateKey });
  const deps: AuthDeps = {
    mongo,
    redis,
    verifier: createIdentityVerifier({ audience: 'subgraph:auth', jwks: { keys: [{ ...routerKey.publicKey, kid: 'router' }] } }),
    clock: systemClock,
    logger: silentLogger,
    introspection: false,
    privateKey: authKey.privateKey,
    sessionHmacKey: 'a key of at least thirty-two characters',
    accessTokenLifeSeconds: 900,
    refreshTokenLifeSeconds: 1_209_600,
    firstAdmin: ADMIN,
    ...overrides,
  };
  const app = await createAuthApp(deps);
  const origin = await listen(app.httpServer, { host: '127.0.0.1', port: 0 });

  async function post(query: string, variables: Record<string, unknown>, identity: Omit<Identity, 'issuer'>): Promise<Answer> {
    const token = await signer.sign('subgraph:auth', identity);
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: token },
      body: JSON.stringify({ query, variables }),
    });
    return answerSchema.parse(await response.json());
  }

  /** A browser behind the router: keeps both cookies, and marks each generation as met when its access token is used. */
  function browser(userAgent = 'Testfox 1.0') {
    let accessToken: string | null = null;
    let refreshToken: string | undefined;
    const claims = () => (accessToken === null ? null : claimsSchema.parse(decodeJwt(accessToken)));
    function keep(answer: Answer): Answer {
      const session = answer.extensions?.session;
      if (session && 'set' in session) ({ accessToken, refreshToken } = session.set);
      if (session && 'clear' in session) [accessToken, refreshToken] = [null, undefined];
      return answer;
    }
    return {
      claims,
      refreshToken: () => refreshToken ?? '',
      async ask(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
        const known = claims();
        if (known) await redis.set(sessionKeys.seenGeneration(known.sid), known.gen);
        const viewer = known && { userId: known.sub, sid: known.sid, roles: known.roles };
        return keep(await post(query, variables, { viewer, session: { refreshToken, userAgent } }));
      },
      /** As the router does it: nobody is signed in, only the refresh token speaks. `keepAnswer: false` loses the answer on its way. */
      async refresh(options: { token?: string; keepAnswer?: boolean } = {}): Promise<Answer> {
        const answer = await post(
          'mutation { refreshSession { __typename } }',
          {},
          { viewer: null, session: { refreshToken: options.token ?? refreshToken, userAgent } },
        );
        return options.keepAnswer === false ? answer : keep(answer);
      },
    };
  }

  return {
    origin,
    deps,
    mongo,
    redis,
    redisUrl,
    post,
    browser,
    async signedUp(email: string, password = 'a-fine-passphrase') {
      const client = browser();
      const answer = await client.ask(SIGN_UP, { input: { email, password, displayName: 'Ada' } });
      if (answer.data?.['signUp']?.['__typename'] !== 'SignedIn') throw new Error(`Not signed up: ${JSON.stringify(answer)}`);
      return client;
    },
    async loggedIn(account: { email: string; password: string }) {
      const client = browser();
      const answer = await client.ask(LOG_IN, { input: { email: account.email, password: account.password } });
      if (answer.data?.['logIn']?.['__typename'] !== 'SignedIn') throw new Error(`Not logged in: ${JSON.stringify(answer)}`);
      return client;
    },
    close: async () => {
      await app.close();
      redis.disconnect();
      await mongo.close();
    },
  };
}

export const SIGN_UP =
  'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on SignedIn { user { id email roles } accessTokenExpiresAt } ... on UserError { message path } } }';
export const LOG_IN =
  'mutation ($input: LogInInput!) { logIn(input: $input) { __typename ... on SignedIn { user { id } } ... on UserError { message path } } }';
export const SESSIONS = '{ me { id sessions { id current userAgent createdAt lastUsedAt } } }';
export const SET_ROLES = 'mutation ($input: SetUserRolesInput!) { setUserRoles(input: $input) { user { id roles } } }';
export const CHANGE_PASSWORD =
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename ... on UserError { path } } }';

export const codes = (answer: Answer): unknown[] => (answer.errors ?? []).map((error) => error.extensions['code']);
export const issuePaths = (answer: Answer): string[] =>
  (answer.errors?.[0]?.extensions['issues'] ?? []).map((issue: { path: string[] }) => issue.path.join('.')).toSorted();
export const refreshed = (answer: Answer): unknown => answer.data?.['refreshSession']?.['__typename'];
export const anonymous = { viewer: null };
export const cleared = { session: { clear: true } };
