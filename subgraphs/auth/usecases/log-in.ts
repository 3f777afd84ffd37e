import type { PasswordHasher } from '../credentials/password-hasher.ts';
import type { InvalidCredentials, SignedIn } from '../domain/outcomes.ts';
import { wrongEmailOrPassword } from '../domain/outcomes.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';
import type { FindPresentedSession, Presented } from './find-presented-session.ts';
import type { StartSession } from './start-session.ts';

type Input = { readonly email: string; readonly password: string; readonly userAgent: string | null };

export function createLogIn(deps: {
  users: UserRepository;
  sessions: SessionStore;
  hasher: PasswordHasher;
  startSession: StartSession;
  findPresentedSession: FindPresentedSession;
}) {
  return async function logIn(input: Input, presented: Presented): Promise<SignedIn | InvalidCredentials> {
    const found = await deps.users.findCredentials({ email: input.email });
    const matches = await deps.hasher.verify(found?.passwordHash ?? null, input.password);
    if (!found || !matches) return wrongEmailOrPassword;
    if (deps.hasher.isOutdated(found.passwordHash)) {
      await deps.users.replacePasswordHash(found.user.id, found.passwordHash, await deps.hasher.hash(input.password));
    }
    const replaced = await deps.findPresentedSession(presented);
    const { tokens } = await deps.startSession(found.user, input.userAgent);
    if (replaced) await deps.sessions.end(replaced.sid);
    return { kind: 'SignedIn', user: found.user, tokens };
  };
}
export type LogIn = ReturnType<typeof createLogIn>;
