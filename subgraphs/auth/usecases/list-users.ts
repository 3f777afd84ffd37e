import type { User } from '../domain/user.ts';
import type { UserRepository } from '../repositories/user-repository.ts';

type Page = {
  readonly search: string | null;
  readonly after: { readonly key: number; readonly id: string } | null;
  readonly first: number;
};

/** All accounts, newest first. The caller's scope was checked. */
export function createListUsers(deps: { users: UserRepository }) {
  return async function listUsers(page: Page): Promise<{ users: readonly User[]; hasNextPage: boolean }> {
    // One more than asked for tells whether another page follows.
    const found = await deps.users.listNewestFirst({ search: page.search, after: page.after, limit: page.first + 1 });
    return { users: found.slice(0, page.first), hasNextPage: found.length > page.first };
  };
}
export type ListUsers = ReturnType<typeof createListUsers>;
