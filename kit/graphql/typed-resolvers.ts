/** Generated resolver fields are all optional, so that a forgotten one would only be noticed by a client; this makes the named ones required. */
export type Implements<Resolvers, Field extends keyof Resolvers> = Required<Pick<Resolvers, Field>>;

/** For result unions: a member's name is its outcome's kind, so a misspelt one does not compile. */
export const byKind = { __resolveType: <Kind extends string>({ kind }: { readonly kind: Kind }): Kind => kind };
