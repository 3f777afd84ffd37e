import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { BSON, type Document } from 'mongodb';

/** One specification file, and how results name it. */
export interface VectorFile {
  /** The folder directly below the root: one line of the table. */
  folder: string;
  path: string;
  content: Document;
}

export function readVectors(root: string, only: string | undefined): VectorFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, sep).length))
    .filter((path) => path.includes(sep) && (only === undefined || path.includes(only)))
    .toSorted()
    .map((path) => ({
      folder: path.slice(0, path.indexOf(sep)),
      path,
      content: BSON.EJSON.parse(readFileSync(join(root, path), 'utf8')) as Document,
    }))
    .filter(({ content }) => Array.isArray(content['tests']));
}

/** The driver changes what it is given (it adds `_id`), so every operation gets a copy of its own. */
export function copyOf<T>(value: T): T {
  return BSON.EJSON.parse(BSON.EJSON.stringify(value, { relaxed: false }), { relaxed: true }) as T;
}
