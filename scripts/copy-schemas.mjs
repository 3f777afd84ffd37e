// The compiler leaves GraphQL files behind; each subgraph reads its own beside its code.
import { copyFileSync } from 'node:fs';

for (const name of ['auth', 'events', 'orders']) copyFileSync(`subgraphs/${name}/schema.graphql`, `dist/subgraphs/${name}/schema.graphql`);
