export type Role = 'ATTENDEE' | 'ORGANIZER' | 'ADMIN';

/** The signed-in person who asks. */
export type Viewer = { readonly userId: string; readonly roles: readonly Role[] };

export const isAdmin = (viewer: Viewer | null): boolean => viewer !== null && viewer.roles.includes('ADMIN');
