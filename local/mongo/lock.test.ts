import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './lock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const dead = (lock: string) => JSON.stringify({ pid: 2 ** 30, startedAt: 'never', lock });
const successorOf = (lock: string) => `lock.after-${createHash('sha256').update(lock).digest('hex').slice(0, 32)}`;
const write = (name: string, lock: string) => writeFileSync(join(directory, name), lock);

describe('the lock of a data directory', () => {
  it('is held until it is released', () => {
    const unlock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow('is in use by another store');
    expect(readdirSync(directory)).toEqual(['lock']);
    unlock();
    expect(readdirSync(directory)).toEqual([]);
    lockDirectory(directory)();
  });

  it.each([
    ['one that died', { lock: dead('a') }],
    ['one that was torn by a power loss', { lock: '' }],
    [
      'several that died one after the other while they took it over',
      { lock: dead('a'), [successorOf(dead('a'))]: dead('b'), [successorOf(dead('b'))]: dead('c') },
    ],
    ['one that died when it had taken over but not cleaned up', { lock: dead('b'), [successorOf(dead('a'))]: dead('b') }],
  ])('is taken over from %s, and nothing is left behind', (_name, files) => {
    for (const [name, lock] of Object.entries(files)) write(name, lock);
    const unlock = lockDirectory(directory);
    expect(readdirSync(directory)).toEqual(['lock']);
    expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    unlock();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is left to the living one that is about to take it over', () => {
    lockDirectory(directory);
    const living = readFileSync(join(directory, 'lock'), 'utf8');
    write('lock', dead('a'));
    write(successorOf(dead('a')), living);
    expect(() => lockDirectory(directory)).toThrow('is in use by another store');
    expect(readdirSync(directory).toSorted()).toEqual(['lock', successorOf(dead('a'))]);
  });
});
