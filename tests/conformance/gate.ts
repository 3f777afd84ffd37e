import { readFileSync, writeFileSync } from 'node:fs';

/*
 * What passed when the gate was last written, and why each other test did not. It may only grow: fewer passes, or a
 * failure that has no reason here, fails the run. Tests are named by file and position: their own words belong to the
 * specification, whose licence does not let us keep them.
 */

export type Reason =
  /** The store refuses what the test needs; the refusal's message must hold these words. */
  | { refused: string }
  /** The driver, not the server, does otherwise than the test wants. */
  | { driver: string };

export interface Gate {
  passed: Record<string, number>;
  notPassed: Record<string, Reason>;
}

export type Outcome = { kind: 'passed' } | { kind: 'skipped'; why: string } | { kind: 'failed'; why: string };

export interface Result {
  folder: string;
  /** As `crud/find.json#2`: the second test of the file. */
  id: string;
  outcome: Outcome;
}

const path = new URL('gate.json', import.meta.url);

export function readGate(): Gate {
  return JSON.parse(readFileSync(path, 'utf8')) as Gate;
}

/** Takes new counts and drops reasons that are no longer needed; a reason is never invented. */
export function writeGate(gate: Gate, results: readonly Result[]): void {
  const passed: Record<string, number> = {};
  for (const { folder, outcome } of results) passed[folder] = (passed[folder] ?? 0) + (outcome.kind === 'passed' ? 1 : 0);
  const failed = new Set(results.filter(({ outcome }) => outcome.kind === 'failed').map(({ id }) => id));
  const notPassed = Object.fromEntries(Object.entries(gate.notPassed).filter(([id]) => failed.has(id)));
  writeFileSync(path, `${JSON.stringify({ passed, notPassed }, null, 2)}\n`);
}

export function reasonOf(gate: Gate, { id, outcome }: Result): 'refused' | 'driver' | 'unexplained' | undefined {
  if (outcome.kind !== 'failed') return undefined;
  const reason = gate.notPassed[id];
  if (!reason) return 'unexplained';
  if ('driver' in reason) return 'driver';
  return outcome.why.includes(reason.refused) && /not supported|no such command/.test(outcome.why) ? 'refused' : 'unexplained';
}

/** The folders of the run only: a part of the vectors can be run alone. */
export function complaints(gate: Gate, results: readonly Result[], whole: boolean): string[] {
  const said: string[] = [];
  for (const result of results) {
    if (reasonOf(gate, result) === 'unexplained' && result.outcome.kind === 'failed') said.push(`${result.id}: ${result.outcome.why}`);
    if (result.outcome.kind === 'passed' && gate.notPassed[result.id])
      said.push(`${result.id} passes now: run with --update and commit the gate`);
  }
  if (!whole) return said;
  for (const [folder, expected] of Object.entries(gate.passed)) {
    const passed = results.filter((result) => result.folder === folder && result.outcome.kind === 'passed').length;
    if (passed < expected) said.push(`${folder}: ${passed} passed, ${expected} did when the gate was written`);
  }
  return said;
}
