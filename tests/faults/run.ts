import { parseArgs } from 'node:util';
import { createStateReader } from './checks/state.ts';
import { gatherPeople } from './clients/people.ts';
import { startCluster } from './cluster/cluster.ts';
import type { Verdict } from './play.ts';
import { play } from './play.ts';
import { crashPoints } from './scenarios/crash-points.ts';
import { frozenPastTheHold, midPurchase } from './scenarios/in-mid-purchase.ts';
import { races } from './scenarios/races.ts';
import { redisFaults } from './scenarios/redis.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { killedAtRandom, otherFaults } from './scenarios/under-load.ts';

/**
 * The inventory under faults: `npm run test:faults [-- --kills 200 --seed 7 --only TEXT]`. Real processes are killed, frozen and cut off in the middle of purchases; after each
 * fault everything is healed, and the invariants of docs/inventory.md are checked through the public API and in the databases.
 */

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || !Number.isInteger(seed) || kills < 1) throw new Error('--kills and --seed are whole numbers');
const wanted = (name: string): boolean => name.includes(values.only);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A list of violations is as long as the damage; the first few say what kind it is. */
const SHOWN = 8;
let failures = 0;
function report(good: boolean, name: string, { line, violations }: Verdict): void {
  if (!good) failures += 1;
  say(`${good ? 'ok  ' : 'FAIL'} ${name}: ${line}`);
  if (good) return;
  for (const violation of violations.slice(0, SHOWN)) say(`       ${violation}`);
  if (violations.length > SHOWN) say(`       … and ${violations.length - SHOWN} more`);
}

/** Scenarios that share a cluster, one after the other. */
async function lane(settings: Record<string, string>, scenarios: readonly Scenario[]): Promise<void> {
  const due = scenarios.filter(({ name }) => wanted(name));
  if (due.length === 0) return;
  const cluster = await startCluster(settings);
  const failuresBefore = failures;
  try {
    const people = await gatherPeople(cluster);
    const reader = await createStateReader({ mongo: cluster.store.uri, redis: cluster.redis.url });
    for (const scenario of due) {
      const verdict = await play({ cluster, people, reader }, scenario);
      report(verdict.violations.length === 0, scenario.name, verdict);
    }
    await reader.close();
  } finally {
    await cluster.close();
    if (failures === failuresBefore) cluster.removeFiles();
    else say(`     the processes' output is in ${cluster.logFile}`);
  }
}

const begun = Date.now();
await Promise.all([
  lane({ HOLD_TTL_SECONDS: '8' }, [
    ...crashPoints,
    ...races,
    ...midPurchase,
    killedAtRandom(kills, seed),
    ...redisFaults(seed * 100),
    ...otherFaults(seed * 100 + 50),
  ]),
  // Two minutes of waiting, so beside the others.
  lane({ HOLD_TTL_SECONDS: '8' }, [frozenPastTheHold('by itself')]),
]);
say(`faults: ${failures === 0 ? 'every invariant held' : `${failures} failed`} (${Math.round((Date.now() - begun) / 1000)} s)`);
process.exitCode = failures === 0 ? 0 : 1;
