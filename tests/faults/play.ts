import type { StateReader } from './checks/state.ts';
import type { People } from './clients/people.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { openStage } from './stage.ts';

export type Verdict = { readonly name: string; readonly violations: readonly string[]; readonly line: string };

/** Routers and feeds that lost their connections make them again after pauses of their own; a breaker opens for 5 s. */
const RECONNECTED_WITHIN_MS = 15_000;

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

/** Plays one scenario, heals, and checks everything: what is there, what was told, what was shown, and that what is free can be bought. */
export async function play(
  world: { cluster: Cluster; people: People; reader: StateReader },
  scenario: Scenario,
  settlesWithin?: number,
): Promise<Verdict> {
  const begun = Date.now();
  const stage = await openStage(world, scenario.events);
  const parts: string[] = [];
  try {
    const more = await scenario.run(stage);
    await world.cluster.heal();
    const agreed = await stage.untilMapsAgree(RECONNECTED_WITHIN_MS);
    const settled = await stage.untilSettled(settlesWithin);
    if (more) parts.push(more);
    parts.push(stage.counts(), `maps agreed in ${seconds(agreed)}, settled in ${seconds(settled)}`);
    if (stage.violations.size === 0) {
      const sold = await stage.sellWhatIsLeft();
      await stage.untilMapsAgree();
      await stage.untilSettled(settlesWithin);
      stage.note(await world.people.differences());
      parts.push(`${sold} free seats sold`);
    }
  } catch (error) {
    stage.note([`the scenario broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]);
    await world.cluster.heal();
  } finally {
    await stage.close();
  }
  parts.push(seconds(Date.now() - begun));
  return { name: scenario.name, violations: [...stage.violations], line: parts.join('; ') };
}
