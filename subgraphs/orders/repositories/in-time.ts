import type { ProviderResult } from '../domain/payment-provider.ts';
import { PROVIDER_DEADLINE_MS } from '../domain/payment-provider.ts';

/** What an adapter gives the other side; the rest of the deadline is for coming back with the answer. */
export const PROVIDER_PATIENCE_MS = PROVIDER_DEADLINE_MS - 200;

/** The answer, or `unknown` once it is too late; what is still under way then ends by itself. Nothing that `work` throws gets out. */
export async function inTime<Value>(work: () => Promise<ProviderResult<Value>>): Promise<ProviderResult<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<ProviderResult<Value>>((resolve) => {
    const cause = new Error(`the provider did not answer within ${PROVIDER_PATIENCE_MS} ms`);
    timer = setTimeout(() => resolve({ kind: 'unknown', cause }), PROVIDER_PATIENCE_MS);
  });
  try {
    return await Promise.race([work().catch((cause: unknown): ProviderResult<Value> => ({ kind: 'unknown', cause })), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
