import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { losePower, startProcess, type Disk } from './disk.ts';
import { snapshotAtRealSize } from './large-snapshot.ts';
import { connect, inspect, load, prepare, type Damage, type Memory } from './load.ts';
import { contend } from './takeover.ts';

/**
 * Kills the store under load, and takes its power away, again and again: `npm run test:store-faults [-- --kills 200
 * --cuts 100]`. Ends with an error when an acknowledged write is lost, a transaction is there in part, a refused one is
 * there at all, a counter is wrong, or when a control (a disk that acknowledges too soon) loses nothing.
 */

/** Small enough that snapshots are written, and interrupted, during the run. */
const SNAPSHOT_BYTES = 256 * 1024;
const CONTROL_ROUNDS = 8;
const TAKEOVERS = 300;

interface Figures extends Damage {
  rounds: number;
  acknowledged: number;
  refused: number;
  cutBytes: number;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function faults(rounds: number, disk: Disk, power: boolean): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'store-faults-'));
  const dataDir = join(directory, 'data');
  const safe = join(directory, 'safe');
  const figures: Figures = { rounds, acknowledged: 0, refused: 0, cutBytes: 0, lost: 0, partial: 0, risen: 0, wrongCounters: 0 };
  const memories: Memory[] = [];
  let running = await startProcess(dataDir, safe, disk, SNAPSHOT_BYTES);
  const check = async (memory: Memory): Promise<void> => {
    const client = await connect(running.uri);
    const damage = await inspect(client, memory);
    await client.close();
    figures.lost += damage.lost;
    figures.partial += damage.partial;
    figures.risen += damage.risen;
    figures.wrongCounters += damage.wrongCounters;
  };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const client = await connect(running.uri);
      if (round === 0) await prepare(client);
      const loaded = load(client, round);
      // Every fifth round is long enough for the snapshot that is due after a second.
      await setTimeout(round % 5 === 4 ? randomInt(900, 1_400) : randomInt(40, 250));
      await running.kill();
      const memory = await loaded;
      await client.close();
      figures.acknowledged += memory.acknowledged.size + memory.inserted.size + memory.plain.acknowledged;
      figures.refused += memory.refused.size;
      if (power) figures.cutBytes += losePower(safe).cut;
      running = await startProcess(dataDir, safe, disk, SNAPSHOT_BYTES);
      await check(memory);
      memories.push(memory);
      if (disk.startsWith('early') && figures.lost > 0) break;
    }
    // Once more from the start: nothing that was there after its own round has gone in a later one.
    if (!disk.startsWith('early')) for (const memory of memories) await check(memory);
  } finally {
    await running.kill();
    rmSync(directory, { recursive: true, force: true });
  }
  return figures;
}

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' }, cuts: { type: 'string', default: '15' } } });
const [kills, cuts] = [Number(values.kills), Number(values.cuts)];
if (!Number.isInteger(kills) || !Number.isInteger(cuts) || kills < 0 || cuts < 0) throw new Error('--kills and --cuts are counts');

let failures = 0;
function verdict(right: boolean, line: string): void {
  if (!right) failures += 1;
  say(`${right ? 'ok  ' : 'FAIL'} ${line}`);
}

function report(name: string, figures: Figures, mustLose: boolean): void {
  const { acknowledged, refused, cutBytes, lost, partial, risen, wrongCounters } = figures;
  const whole = lost === 0 && partial === 0 && risen === 0 && wrongCounters === 0;
  const right = mustLose ? lost > 0 : whole && acknowledged > 0;
  verdict(
    right,
    `${name}: ${acknowledged} writes acknowledged, ${refused} refused${cutBytes > 0 ? `, ${cutBytes} bytes cut off` : ''}; ` +
      `lost ${lost}, in part ${partial}, risen ${risen}, wrong counters ${wrongCounters}`,
  );
}

const begun = Date.now();
if (kills > 0) report(`${kills} × kill -9`, await faults(kills, 'honest', false), false);
if (cuts > 0) report(`${cuts} × power loss`, await faults(cuts, 'slow', true), false);
report('3 × full disk', await faults(3, 'full', false), false);
report('control, kill -9 while writes are acknowledged before they are made', await faults(CONTROL_ROUNDS, 'early-write', false), true);
report('control, power loss while writes are acknowledged before fsync', await faults(CONTROL_ROUNDS, 'early-sync', true), true);
const large = await snapshotAtRealSize();
verdict(
  large.lost === 0 && large.megabytes >= 64,
  `snapshot of ${large.megabytes.toFixed(0)} MB, killed while it was written and after: ${large.acknowledged} documents acknowledged, ` +
    `lost ${large.lost}; ready again after ${(large.readyMs / 1000).toFixed(1)} s`,
);
const { rounds, wrong } = await contend(TAKEOVERS);
verdict(wrong === 0, `${rounds} × four stores that find the lock of a dead one: ${wrong} times not exactly one had it`);
say(
  `store faults: ${failures === 0 ? 'nothing lost, and the controls were caught' : `${failures} of them failed`} (${Math.round((Date.now() - begun) / 1000)} s)`,
);
process.exitCode = failures === 0 ? 0 : 1;
