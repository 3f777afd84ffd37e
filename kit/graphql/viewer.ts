import { forbidden, unauthenticated } from './errors.ts';
import type { Role } from './identity.ts';

type WithRoles = { readonly roles: readonly Role[] };

export type Scope = 'events:write' | 'tickets:check-in' | 'users:admin' | 'inventory:audit';

/** The router refuses by these before planning; subgraphs ask again, because ownership is decided there and only there. */
const SCOPES_OF_ROLE = {
  ATTENDEE: [],
  ORGANIZER: ['events:write', 'tickets:check-in'],
  ADMIN: ['events:write', 'tickets:check-in', 'users:admin', 'inventory:audit'],
} as const satisfies Record<Role, readonly Scope[]>;

export function scopesOf(roles: readonly Role[]): ReadonlySet<Scope> {
  return new Set(roles.flatMap((role): readonly Scope[] => SCOPES_OF_ROLE[role]));
}

export function hasScope(viewer: WithRoles | null, scope: Scope): boolean {
  return viewer !== null && scopesOf(viewer.roles).has(scope);
}

export function requireViewer<Someone extends WithRoles>(viewer: Someone | null): Someone {
  if (!viewer) throw unauthenticated();
  return viewer;
}

export function requireScope<Someone extends WithRoles>(viewer: Someone | null, scope: Scope): Someone {
  const known = requireViewer(viewer);
  if (!hasScope(known, scope)) throw forbidden();
  return known;
}
