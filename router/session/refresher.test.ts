import { expect, it } from 'vitest';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { createRefresher } from './refresher.ts';

it('all who ask while auth is being asked for the same token share its answer; the next one asks again', async () => {
  const asked: (() => void)[] = [];
  const refresher = createRefresher({
    fetches: {
      forRequest:
        ({ onSessionExtension }) =>
        () =>
          new Promise((resolve) =>
            asked.push(() => {
              onSessionExtension?.({ clear: true });
              resolve({ data: {} });
            }),
          ),
    },
    rateLimits: { consume: () => Promise.resolve() },
    logger: silentLogger,
  });
  const refresh = (refreshToken: string) => refresher.refresh({ refreshToken }, 'req_1');

  const together = Promise.all(Array.from({ length: 20 }, () => refresh('sid1.a')));
  const another = refresh('sid2.a');
  await expect.poll(() => asked.length).toBe(2);
  for (const answer of asked) answer();
  expect(new Set(await together).size).toBe(1);
  expect(await another).toEqual((await together)[0]);

  const later = refresh('sid1.a');
  await expect.poll(() => asked.length).toBe(3);
  asked[2]?.();
  await later;
});
