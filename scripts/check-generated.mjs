// Generates everything again and fails if it differs from what is there: a schema that changed without its types, or the other way round.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

function generatedFiles() {
  const client = existsSync('schema/client') ? readdirSync('schema/client').map((file) => `schema/client/${file}`) : [];
  const types = ['auth', 'events', 'orders'].map((name) => `subgraphs/${name}/schema.generated.ts`);
  return [...client, ...types, 'schema/supergraph.graphql', 'schema/api.graphql'].filter((file) => existsSync(file));
}

function fingerprints() {
  return new Map(generatedFiles().map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]));
}

const before = fingerprints();
const result = spawnSync('npm', ['run', '--silent', 'codegen'], { encoding: 'utf8' });
if (result.status !== 0) {
  process.stderr.write(`${result.stdout}${result.stderr}`);
  process.exit(1);
}
const after = fingerprints();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
if (stale.length > 0) {
  process.stderr.write(
    `Generated files were stale (they are written anew now; commit them):\n${stale.map((file) => `  ${file}\n`).join('')}`,
  );
  process.exit(1);
}
process.stdout.write(`${after.size} generated files are as their sources say.\n`);
