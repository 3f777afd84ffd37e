import { randomBytes } from 'node:crypto';
import type { PaymentProvider, ProviderPayment, ProviderResult, ProviderStatus } from '../domain/payment-provider.ts';

const PREFIX = 'free_';

/**
 * A total of 0 needs no payment: nobody's provider takes it, so none is asked. Every step succeeds, whatever was before; which one is taken, and only once,
 * our own records decide. Everything else goes to the provider.
 */
export function createFreePayments(deps: { provider: PaymentProvider }): PaymentProvider {
  const { provider } = deps;
  const isFree = (providerIntentId: string): boolean => providerIntentId.startsWith(PREFIX);
  const now = (providerIntentId: string, status: ProviderStatus): ProviderResult<ProviderPayment> => ({
    kind: 'done',
    value: {
      providerIntentId,
      status,
      intentId: providerIntentId.slice(PREFIX.length),
      nextAction: null,
      declineReason: null,
      refunded: 0,
    },
  });

  return {
    async createIntent(request) {
      if (request.amount.amount !== 0) return provider.createIntent(request);
      const created = now(`${PREFIX}${request.intentId}`, 'REQUIRES_CONFIRMATION');
      // Another one for each call: the one that is written down first counts.
      const clientSecret = `${request.intentId}_secret_${randomBytes(16).toString('hex')}`;
      return created.kind === 'done' ? { kind: 'done', value: { ...created.value, clientSecret } } : created;
    },
    confirm: async (request) => (isFree(request.providerIntentId) ? now(request.providerIntentId, 'SUCCEEDED') : provider.confirm(request)),
    capture: async (request) => (isFree(request.providerIntentId) ? now(request.providerIntentId, 'SUCCEEDED') : provider.capture(request)),
    cancel: async (request) => (isFree(request.providerIntentId) ? now(request.providerIntentId, 'CANCELLED') : provider.cancel(request)),
    refund: async (request) => (isFree(request.providerIntentId) ? now(request.providerIntentId, 'REFUNDED') : provider.refund(request)),
    findRefund: async (request) => (isFree(request.providerIntentId) ? { kind: 'done', value: null } : provider.findRefund(request)),
    retrieve: async (providerIntentId) =>
      isFree(providerIntentId) ? now(providerIntentId, 'SUCCEEDED') : provider.retrieve(providerIntentId),
  };
}
