import { z } from 'zod';
import type { PurchasePoint, ReachedPoint } from './domain/purchase-points.ts';
import { PURCHASE_POINTS } from './domain/purchase-points.ts';

/** "C2", or "C2:3" for the third time that it is reached. */
export const stopAtSchema = z
  .string()
  .regex(/^C[0-5](?::[1-9]\d{0,5})?$/, `must be one of ${PURCHASE_POINTS.join(', ')}, with :<times> behind it if it is not the first time`)
  .transform((value): StopAt => {
    const [point, times] = value.split(':');
    return { point: z.enum(PURCHASE_POINTS).parse(point), times: Number(times ?? 1) };
  });

export type StopAt = { readonly point: PurchasePoint; readonly times: number };

/**
 * For fault tests: the process is killed, or stops, the moment a purchase has come so far. A signal to oneself is delivered before the call returns, so
 * nothing behind the point runs.
 */
export function createCrashPoints(settings: {
  crashAt: StopAt | undefined;
  freezeAt: StopAt | undefined;
  signal: (signal: 'SIGKILL' | 'SIGSTOP') => void;
}): ReachedPoint {
  const reached = new Map<PurchasePoint, number>();
  return (point) => {
    const times = (reached.get(point) ?? 0) + 1;
    reached.set(point, times);
    const isDue = (at: StopAt | undefined): boolean => at?.point === point && at.times === times;
    if (isDue(settings.crashAt)) settings.signal('SIGKILL');
    if (isDue(settings.freezeAt)) settings.signal('SIGSTOP');
  };
}
