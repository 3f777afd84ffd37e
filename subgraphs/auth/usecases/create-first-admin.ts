import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import type { PasswordHasher } from '../credentials/password-hasher.ts';
import { newUser } from '../domain/user.ts';
import type { UserRepository } from '../repositories/user-repository.ts';

type StartLog = {
  readonly info: (details: Record<string, unknown>, message: string) => void;
  readonly warn: (details: Record<string, unknown>, message: string) => void;
};

/** At the first start only: as soon as there is an admin, roles change through `setUserRoles`. Two processes may try at once. */
export function createFirstAdminMaker(deps: { users: UserRepository; hasher: PasswordHasher; clock: Clock; logger: StartLog }) {
  return async function createFirstAdmin(account: { email: string; password: string }): Promise<void> {
    if (await deps.users.hasAdmin()) return;
    const user = newUser({
      id: newId('usr'),
      email: account.email,
      displayName: 'Administrator',
      roles: ['ADMIN'],
      createdAt: deps.clock.now(),
    });
    const inserted = await deps.users.insert(user, await deps.hasher.hash(account.password));
    if (inserted) deps.logger.info({ userId: user.id }, 'the first admin was made');
    // Never promoted: whoever signed up under this address first may not be the operator.
    else if (!(await deps.users.hasAdmin()))
      deps.logger.warn({}, 'ADMIN_EMAIL belongs to an account that is no admin; name another address');
  };
}
