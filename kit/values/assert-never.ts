/** Makes a forgotten case a compile error, and a loud one at run time should data ever disagree with its type. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
