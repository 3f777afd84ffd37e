import { newId } from '../../../kit/values/ids.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { PasswordHasher } from '../credentials/password-hasher.ts';
import type { EmailTaken, SignedIn } from '../domain/outcomes.ts';
import { emailTaken } from '../domain/outcomes.ts';
import { newUser } from '../domain/user.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';
import type { FindPresentedSession, Presented } from './find-presented-session.ts';
import type { StartSession } from './start-session.ts';

type Input = { readonly email: string; readonly password: string; readonly displayName: string; readonly userAgent: string | null };

export function createSignUp(deps: {
  users: UserRepository;
  sessions: SessionStore;
  hasher: PasswordHasher;
  startSession: StartSession;
  findPresentedSession: FindPresentedSession;
  clock: Clock;
}) {
  return async function signUp(input: Input, presented: Presented): Promise<SignedIn | EmailTaken> {
    if (await deps.users.isEmailTaken(input.email)) return emailTaken;
    const replaced = await deps.findPresentedSession(presented);
    const passwordHash = await deps.hasher.hash(input.password);
    const user = newUser({
      id: newId('usr'),
      email: input.email,
      displayName: input.displayName,
      roles: ['ATTENDEE'],
      createdAt: deps.clock.now(),
    });

    // The session first: without Redis there must be no account whose owner was told that it failed. A session of nobody opens nothing.
    const { sid, tokens } = await deps.startSession(user, input.userAgent);
    if (!(await deps.users.insert(user, passwordHash))) {
      await deps.sessions.end(sid);
      return emailTaken;
    }
    if (replaced) await deps.sessions.end(replaced.sid);
    return { kind: 'SignedIn', user, tokens };
  };
}
export type SignUp = ReturnType<typeof createSignUp>;
