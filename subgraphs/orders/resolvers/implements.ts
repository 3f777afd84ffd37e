/** Generated resolver fields are all optional, so that a forgotten one would only be noticed by a client; this makes the named ones required. */
export type Implements<Resolvers, Field extends keyof Resolvers> = Required<Pick<Resolvers, Field>>;
