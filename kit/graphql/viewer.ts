import { forbidden, unauthenticated } from './errors.ts';
import type { Role, Viewer } from './identity.ts';

export type Scope = 'events:write' | 'tickets:check-in' | 'users:admin';

/** The router refuses by these before planning; subgraphs ask again, because ownership is decided there and only there. */
const SCOPES_OF_ROLE = {
  ATTENDEE: [],
  ORGANIZER: ['events:write', 'tickets:check-in'],
  ADMIN: ['events:write', 'tickets:check-in', 'users:admin'],
} as const satisfies Record<Role, readonly Scope[]>;

export function scopesOf(roles: readonly Role[]): ReadonlySet<Scope> {
  return new Set(roles.flatMap((role): readonly Scope[] => SCOPES_OF_ROLE[role]));
}

export function hasScope(viewer: Viewer | null, scope: Scope): boolean {
  return viewer !== null && scopesOf(viewer.roles).has(scope);
}

export function requireViewer(viewer: Viewer | null): Viewer {
  if (!viewer) throw unauthenticated();
  return viewer;
}

export function requireScope(viewer: Viewer | null, scope: Scope): Viewer {
  const known = requireViewer(viewer);
  if (!hasScope(known, scope)) throw forbidden();
  return known;
}
