/** Of events and users orders knows only the key; the other subgraphs know the rest. */
export type EventKey = { readonly id: string };
export type UserKey = { readonly id: string };
