import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptKeys } from './keys.ts';
import { createLeftovers } from './leftovers.ts';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'seatgraph-kept-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('what a start keeps for the next one', () => {
  it('keys are the same every time, and appear whole or not at all', async () => {
    const kept = directory();
    // Killed while it wrote them: what it had is not where keys are looked for.
    writeFileSync(join(kept, 'keys.json.new'), '{"router":');
    const keys = await keptKeys(kept);
    expect(await keptKeys(kept)).toEqual(keys);
    expect(readdirSync(kept)).toEqual(['keys.json']);
  });

  it('a record of processes that was cut off keeps nobody from starting', async () => {
    const path = join(directory(), 'processes.json');
    writeFileSync(path, '[{"pid":1,');
    await createLeftovers(path).end();
    expect(existsSync(path)).toBe(false);
  });
});
