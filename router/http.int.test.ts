import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from './testing/world.ts';
import { startWorld } from './testing/world.ts';

describe('the router over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('composes one answer from three subgraphs', async () => {
    const { data, errors } = await world.ask('query($n: Int) { events(count: $n) { id title available organizer { id displayName } } }', { variables: { n: 1 } });
    expect(errors).toEqual([]);
    expect(data).toEqual({ events: [{ id: 'e0', title: 'Event e0', available: 48, organizer: { id: 'u0', displayName: 'User u0' } }] });
  });
});
