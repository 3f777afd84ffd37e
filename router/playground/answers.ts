/*
 * What earlier answers said, so that the tabs below can use it: a variable "{{hold.id}}" becomes the id of the hold that was seen last.
 * The key is the field that held the object and the field in it; within one answer the first counts.
 */
const known = new Map<string, unknown>();

/** Takes note of an answer's values. */
export function rememberAnswer(answer: { readonly data?: unknown }): void {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value)) for (const element of value) visit(element, name);
    else if (typeof value === 'object' && value !== null) {
      for (const [field, inner] of Object.entries(value)) {
        if (typeof inner === 'object') visit(inner, field);
        else if (!found.has(`${name}.${field}`)) found.set(`${name}.${field}`, inner);
      }
    }
  };
  visit(answer.data, 'data');
  for (const [key, value] of found) known.set(key, value);
}

/** The variables with every "{{name.field}}" that is known filled in; others stay as they are, and the server says what is wrong with them. */
export function fillIn(value: unknown): unknown {
  if (typeof value === 'string') {
    const key = /^\{\{(?<key>[\w.]+)\}\}$/.exec(value)?.groups?.['key'];
    return key !== undefined && known.has(key) ? known.get(key) : value;
  }
  if (Array.isArray(value)) return value.map((element) => fillIn(element));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fillIn(inner)]));
  return value;
}
