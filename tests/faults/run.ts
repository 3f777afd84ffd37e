import { parseArgs } from 'node:util';
import { CONTROLS, seed, SEEDED } from './bugs/seeded.ts';
import type { StateReader } from './checks/state.ts';
import { createStateReader } from './checks/state.ts';
import type { People } from './clients/people.ts';
import { gatherPeople } from './clients/people.ts';
import type { Cluster } from './cluster/cluster.ts';
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
 * fault everything is healed, and the invariants of docs/inventory.md are checked through the public API and in the databases. A checker that never failed
 * proves nothing: the suite also runs with bugs built in, and fails unless each is caught.
 */

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const [kills, choices] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || !Number.isInteger(choices) || kills < 1) throw new Error('--kills and --seed are whole numbers');
const wanted = (name: string): boolean => name.includes(values.only);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A list of violations is as long as the damage; the first few say what kind it is. */
const SHOWN = 8;
let failures = 0;
function report(good: boolean, name: string, { line, violations }: Pick<Verdict, 'line' | 'violations'>): void {
  if (!good) failures += 1;
  say(`${good ? 'ok  ' : 'FAIL'} ${name}: ${line}`);
  if (good) return;
  for (const violation of violations.slice(0, SHOWN)) say(`       ${violation}`);
  if (violations.length > SHOWN) say(`       … and ${violations.length - SHOWN} more`);
}

type World = { readonly cluster: Cluster; readonly people: People; readonly reader: StateReader };

const open = new Set<Cluster>();
let lastStart: Promise<unknown> = Promise.resolve();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    ending = true;
    // What is frozen, or was started in a group of its own, would outlive us; also what is just being started.
    void lastStart.then(() => Promise.allSettled([...open].map((cluster) => cluster.close()))).finally(() => process.exit(1));
  });

async function inCluster(settings: Record<string, string>, work: (world: World) => Promise<void>): Promise<void> {
  // One after the other: a dozen processes that start at once on two cores start late.
  const starting = lastStart.then(async () => {
    if (ending) throw new Error('the run is being ended');
    const started = await startCluster(settings);
    open.add(started);
    return started;
  });
  lastStart = starting.catch(() => undefined);
  const cluster = await starting;
  const failuresBefore = failures;
  try {
    const people = await gatherPeople(cluster);
    const reader = await createStateReader({ mongo: cluster.store.uri, redis: cluster.redis.url });
    await work({ cluster, people, reader });
    await reader.close();
  } finally {
    open.delete(cluster);
    await cluster.close();
    if (failures === failuresBefore) cluster.removeFiles();
    else say(`     the processes' output is in ${cluster.logFile}`);
  }
}

/** Scenarios that share a cluster, one after the other. */
async function lane(settings: Record<string, string>, scenarios: readonly Scenario[]): Promise<void> {
  const due = scenarios.filter(({ name }) => wanted(name));
  if (due.length === 0) return;
  await inCluster(settings, async (world) => {
    for (const scenario of due) {
      const verdict = await play(world, scenario);
      report(verdict.violations.length === 0, scenario.name, verdict);
    }
  });
}

/** Orders with bugs: each must be caught, and by what it does. */
async function seededBugs(settings: Record<string, string>): Promise<void> {
  const due = SEEDED.filter(({ bug }) => wanted(`seeded bug: ${bug}`));
  if (due.length === 0) return;
  await inCluster(settings, async (world) => {
    await seed(world.cluster, 'none');
    for (const scenario of CONTROLS.filter(({ name }) => due.some((seeded) => seeded.scenario.name === name))) {
      const verdict = await play(world, scenario);
      report(verdict.violations.length === 0, `control without a bug, ${scenario.name}`, verdict);
    }
    for (const { bug, scenario, complaint, settlesWithin } of due) {
      await seed(world.cluster, bug);
      const verdict = await play(world, scenario, settlesWithin);
      const caught = verdict.violations.find((violation) => complaint.test(violation));
      report(caught !== undefined, `${caught === undefined ? 'not caught' : 'caught'}, seeded bug: ${bug}`, {
        ...verdict,
        line: caught ?? verdict.line,
      });
    }
  });
}

const begun = Date.now();
const quick = { HOLD_TTL_SECONDS: '8' };
// Most of it is waiting: for leases, locks and holds of the dead to run out.
const lanes = await Promise.allSettled([
  lane(quick, [...crashPoints, ...races, ...midPurchase]),
  lane(quick, [killedAtRandom(kills, choices), ...redisFaults(choices * 100), ...otherFaults(choices * 100 + 50)]),
  lane(quick, [frozenPastTheHold('by itself')]).then(() => seededBugs({ HOLD_TTL_SECONDS: '120' })),
]);
for (const ended of lanes)
  if (ended.status === 'rejected') report(false, 'a lane broke off', { line: String(ended.reason), violations: [] });
say(
  `faults: ${failures === 0 ? 'every invariant held, and every seeded bug was caught' : `${failures} failed`} (${Math.round((Date.now() - begun) / 1000)} s)`,
);
// Not left to the event loop: all servers are ended, and a client that outlives its server must not keep the verdict from being one.
process.exit(failures === 0 ? 0 : 1);
