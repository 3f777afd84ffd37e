import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * How to run one of our entry points from here: from source where we run from source ourselves (development, tests), else the compiled file.
 * `entry` is the path in the repository without extension, e.g. `local/mongo/main`.
 */
export function sourceCommand(entry: string): { command: string; args: string[] } {
  const source = `${root}${entry}.ts`;
  return existsSync(source)
    ? { command: process.execPath, args: ['--import', 'tsx', source] }
    : { command: process.execPath, args: [`${root}${entry}.js`] };
}
