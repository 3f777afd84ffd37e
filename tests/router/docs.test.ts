import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const fromRoot = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/router.md', () => {
  it('names tests that are there', async () => {
    const rows = [...(await fromRoot('docs/router.md')).matchAll(/\| `([^`]+\.test\.ts)`: ([^|]+?) \|$/gm)];
    expect(rows.length).toBeGreaterThan(20);
    const missing: string[] = [];
    for (const [, path = '', title = ''] of rows) {
      const text = await fromRoot(path).catch(() => '');
      if (!text.includes(title)) missing.push(`${path}: ${title}`);
    }
    expect(missing).toEqual([]);
  });
});
