/** A value that is there already, or will be: nearly all commands wait for nothing, and promises would cost more than their work. */
export type Soon<T> = T | Promise<T>;

export function after<T, U>(value: Soon<T>, use: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}
