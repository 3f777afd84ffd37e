const operations = import.meta.glob('../../schema/operations/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob('../../schema/operations/*.variables.json', { query: '?raw', import: 'default', eager: true });

/** schema/operations in the order of the files' names: run from the first tab to the last they are the whole flow. */
export function sampleTabs() {
  return Object.keys(operations)
    .toSorted()
    .map((path) => ({
      query: operations[path].trimEnd(),
      variables: (variables[path.replace(/\.graphql$/, '.variables.json')] ?? '').trimEnd(),
    }));
}
