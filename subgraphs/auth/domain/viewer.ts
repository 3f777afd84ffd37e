export type Role = 'ATTENDEE' | 'ORGANIZER' | 'ADMIN';

/** The signed-in person who asks. */
export type Viewer = { readonly userId: string; readonly sid: string; readonly roles: readonly Role[] };
