import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MongoClient, type Document } from 'mongodb';
import { startStore } from '../../local/mongo/server.ts';
import { complaints, readGate, reasonOf, writeGate, type Gate, type Outcome, type Result } from './gate.ts';
import { needsSecondary, skipReason, type Server } from './requirements.ts';
import { runTest, type Bench } from './run-test.ts';
import { readVectors } from './vectors.ts';

/**
 * Runs MongoDB's driver specification tests (unified test format) against the embedded store:
 * `MONGODB_VECTORS=DIR npm run test:conformance [-- --only crud/] [--verbose] [--update]`.
 * The vectors are not part of this repository; tests/conformance/README.md says where they come from.
 */

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function outcomeOf(bench: Bench, server: Server, file: Document, test: Document): Promise<Outcome> {
  const why =
    skipReason(file['runOnRequirements'], server) ??
    skipReason(test['runOnRequirements'], server) ??
    (test['skipReason'] === undefined ? undefined : 'skipped by the vectors') ??
    (needsSecondary(test) ||
    needsSecondary({ operations: [{ name: 'createEntities', arguments: { entities: file['createEntities'] ?? [] } }] })
      ? 'needs a secondary'
      : undefined);
  if (why !== undefined) return { kind: 'skipped', why };
  try {
    await runTest(bench, file, test);
    return { kind: 'passed' };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

function printTable(gate: Gate, results: readonly Result[]): void {
  const rows: Record<string, Record<string, number>> = {};
  for (const result of results) {
    for (const name of [result.folder, 'all']) {
      const row = (rows[name] ??= { tests: 0, passed: 0, refused: 0, driver: 0, failed: 0, skipped: 0 });
      const column = reasonOf(gate, result) ?? result.outcome.kind;
      row['tests'] = (row['tests'] ?? 0) + 1;
      const counted = column === 'unexplained' ? 'failed' : column;
      row[counted] = (row[counted] ?? 0) + 1;
    }
  }
  const total = rows['all'];
  delete rows['all'];
  // oxlint-disable-next-line no-console -- a table for whoever runs this
  console.table({ ...rows, ...(total ? { all: total } : {}) });
}

async function main(): Promise<number> {
  // oxlint-disable-next-line node/no-process-env -- the one setting of this command
  const root = process.env['MONGODB_VECTORS'];
  if (root === undefined || root === '') {
    say('conformance: not run, because MONGODB_VECTORS names no folder of specification tests');
    return 0;
  }
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    say(`conformance: MONGODB_VECTORS=${root} is not a folder`);
    return 1;
  }
  const { values } = parseArgs({
    options: { only: { type: 'string' }, verbose: { type: 'boolean', default: false }, update: { type: 'boolean', default: false } },
  });
  const files = readVectors(root, values.only);
  if (files.length === 0) {
    say(`conformance: ${root} holds no specification tests${values.only === undefined ? '' : ` named like '${values.only}'`}`);
    return 1;
  }
  const store = await startStore({ dataDir: null, testCommands: true });
  const admin = await new MongoClient(store.uri).connect();
  const results: Result[] = [];
  try {
    const { version } = await admin.db('admin').command({ buildInfo: 1 });
    const server: Server = { version: String(version), topology: 'replicaset' };
    for (const { folder, path, content } of files) {
      for (const [index, test] of (content['tests'] as Document[]).entries()) {
        const outcome = await outcomeOf({ uri: store.uri, admin }, server, content, test);
        results.push({ folder, id: `${path}#${index + 1}`, outcome });
        if (values.verbose && outcome.kind !== 'passed') say(`${path}#${index + 1} ${outcome.kind}: ${outcome.why}`);
      }
    }
  } finally {
    await admin.close();
    await store.close();
  }
  const gate = readGate();
  printTable(gate, results);
  const whole = values.only === undefined;
  if (values.update && whole) {
    writeGate(gate, results);
    say('the gate has been written');
  }
  const said = complaints(values.update && whole ? readGate() : gate, results, whole);
  for (const line of said) say(line);
  say(said.length === 0 ? 'conformance: the gate holds' : `conformance: the gate does not hold, ${said.length} complaints`);
  return said.length === 0 ? 0 : 1;
}

process.exitCode = await main();
