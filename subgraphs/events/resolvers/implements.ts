/** Generated resolver fields are optional, so a forgotten one would surface only when it is asked for; this makes it a compile error. */
export type Implements<R, F extends keyof R> = Required<Pick<R, F>>;
