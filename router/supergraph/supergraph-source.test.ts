import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { composeForTest } from '../testing/compose.ts';
import type * as supergraphModule from './supergraph.ts';
import { watchSupergraph } from './supergraph-source.ts';

let onceLoaded = (): void => undefined;
vi.mock('./supergraph.ts', async (importOriginal) => {
  const original = await importOriginal<typeof supergraphModule>();
  const loadSupergraph: typeof supergraphModule.loadSupergraph = (sdl) => {
    const loaded = original.loadSupergraph(sdl);
    onceLoaded();
    return loaded;
  };
  return { ...original, loadSupergraph };
});

async function watchedFile(sdl: string) {
  const directory = await mkdtemp(join(tmpdir(), 'supergraph-'));
  const path = join(directory, 'supergraph.graphql');
  await writeFile(path, sdl);
  const source = await watchSupergraph({ path, logger: silentLogger, everyMilliseconds: 20 });
  onTestFinished(async () => {
    source.close();
    await rm(directory, { recursive: true });
  });
  return { path, source };
}

it('swaps in a changed supergraph, and keeps the one before if the new one cannot be served', async () => {
  const { path, source } = await watchedFile(composeForTest({ one: 'type Query { before: String }' }));
  const seen: string[] = [];
  source.onChange((supergraph) => seen.push(Object.keys(supergraph.apiSchema.getQueryType()?.getFields() ?? {}).join()));

  await writeFile(path, 'this is no supergraph, and it is longer than before');
  await writeFile(path, composeForTest({ one: 'type Query { after: String }' }));
  await eventually('the change is seen', () => seen.includes('after'));
  expect(source.current().apiSchema.getQueryType()?.getFields()).toHaveProperty('after');
  await writeFile(path, 'broken');
  await writeFile(path, composeForTest({ one: 'type Query { last: String }' }));
  await eventually('the next change is seen', () => seen.includes('last'));
});

it('tells everybody of a swap, also when somebody cannot bear it', async () => {
  const { path, source } = await watchedFile(composeForTest({ one: 'type Query { before: String }' }));
  let told = 0;
  source.onChange(() => {
    throw new Error('not for me');
  });
  source.onChange(() => void (told += 1));
  await writeFile(path, composeForTest({ one: 'type Query { after: String }' }));
  await eventually('the change is served', () => source.current().sdl.includes('after'));
  expect(told).toBe(1);
});

it('sees a change that came between its reading and its watching', async () => {
  const after = composeForTest({ one: 'type Query { after: String }' });
  const directory = await mkdtemp(join(tmpdir(), 'supergraph-'));
  const path = join(directory, 'supergraph.graphql');
  await writeFile(path, composeForTest({ one: 'type Query { before: String }' }));
  onceLoaded = () => {
    onceLoaded = () => undefined;
    writeFileSync(path, after);
  };
  const source = await watchSupergraph({ path, logger: silentLogger, everyMilliseconds: 20 });
  onTestFinished(async () => {
    source.close();
    await rm(directory, { recursive: true });
  });
  await eventually('the change is served', () => source.current().sdl === after, 2_000);
  expect(source.current().apiSchema.getQueryType()?.getFields()).toHaveProperty('after');
});
