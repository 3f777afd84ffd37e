/** A store that this needs cannot be reached right now; nothing was done, or what was done is safe to repeat. Resolvers answer SERVICE_UNAVAILABLE. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
