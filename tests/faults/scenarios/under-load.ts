import { startLoad } from '../clients/load.ts';
import { createRandom } from '../clients/random.ts';
import type { Side } from '../cluster/cluster.ts';
import type { ProxyMode } from '../cluster/tcp-proxy.ts';
import type { Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A second of plain business, the fault, and two seconds more. */
function underLoad(name: string, seed: number, fault: (stage: Stage) => Promise<string | void>): Scenario {
  return {
    name,
    events: 2,
    async run(stage) {
      const load = startLoad(stage, seed);
      try {
        await pause(1_000);
        const more = await fault(stage);
        await stage.cluster.heal();
        await pause(2_000);
        return more;
      } finally {
        await load.stop();
      }
    },
  };
}

/** Any of the product's stateless processes, at any moment, many times; the databases are looked at after each. */
export function killedAtRandom(kills: number, seed: number): Scenario {
  return {
    name: `orders killed -9 at ${kills} random moments of running purchases`,
    // Enough seats that there is something to buy to the end.
    events: Math.max(3, Math.ceil(kills / 4)),
    async run(stage) {
      const random = createRandom(seed);
      const load = startLoad(stage, seed);
      try {
        for (let kill = 0; kill < kills; kill += 1) {
          await pause(random.between(100, 900));
          const { orders } = random.pick<Side>(stage.cluster.sides);
          await orders.kill();
          await stage.look();
          await orders.start();
        }
      } finally {
        await load.stop();
      }
    },
  };
}

export function otherFaults(seed: number): Scenario[] {
  return [
    underLoad('a router killed -9', seed + 1, async ({ cluster }) => {
      await cluster.sides[0].router.kill();
      await pause(500);
    }),
    underLoad('the store killed -9 and restarted', seed + 2, async ({ cluster }) => {
      await cluster.store.kill();
      await pause(1_000);
      await cluster.store.start();
    }),
    underLoad('the events subgraph killed -9', seed + 3, async ({ cluster }) => {
      await cluster.events.kill();
      await pause(1_000);
    }),
    ...cuts(seed + 10),
  ];
}

const MODES: readonly (readonly [ProxyMode, number])[] = [
  [{ kind: 'cut' }, 1_500],
  [{ kind: 'pass' }, 300],
  [{ kind: 'black hole' }, 2_000],
  [{ kind: 'pass' }, 300],
  [{ kind: 'delay', milliseconds: 80 }, 1_500],
];

function cuts(seed: number): Scenario[] {
  const between = [
    ['orders and the store', 'toStore'],
    ['orders and Redis', 'toRedis'],
    ['a router and orders', 'toOrders'],
    ['orders and events', 'toEvents'],
  ] as const;
  return between.map(([what, proxy], index) =>
    underLoad(`cut, black hole and delay between ${what}`, seed + index, async ({ cluster }) => {
      for (const [mode, milliseconds] of MODES) {
        await cluster.sides[0].proxies[proxy].set(mode);
        await pause(milliseconds);
      }
    }),
  );
}
