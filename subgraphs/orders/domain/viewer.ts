/** Who asks, as far as rules here care. */
export type Viewer = { readonly userId: string; readonly roles: readonly ('ATTENDEE' | 'ORGANIZER' | 'ADMIN')[] };

export const isAdmin = (viewer: Viewer): boolean => viewer.roles.includes('ADMIN');
