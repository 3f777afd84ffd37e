import { randomBytes } from 'node:crypto';
import type { Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { Money } from '../../../kit/values/money.ts';
import type { PaymentProvider, ProviderIntent, ProviderResult, ProviderStatus } from '../domain/payment-provider.ts';
import { PROVIDER_DEADLINE_MS } from '../domain/payment-provider.ts';

type SimulatorDocument = {
  _id: string;
  intentId: string;
  amount: Money;
  status: ProviderStatus;
  clientSecret: string;
  captured: number;
  refunded: number;
  version: number;
  /** First answer of each idempotency key, as a real provider keeps them. */
  answers: { key: string; result: ProviderResult<ProviderIntent> }[];
};

type Method = { readonly outcome: 'approve' | 'decline'; readonly reason: string; readonly answer: 'prompt' | 'slow' | 'lost' };

/** What a payer's client may send to `confirmPayment` instead of a card. */
export const SIMULATOR_METHODS = {
  pm_card_visa: { outcome: 'approve', reason: '', answer: 'prompt' },
  pm_card_declined: { outcome: 'decline', reason: 'card_declined', answer: 'prompt' },
  pm_card_insufficient_funds: { outcome: 'decline', reason: 'insufficient_funds', answer: 'prompt' },
  /** The money moves, and the answer is lost on the way. */
  pm_card_timeout: { outcome: 'approve', reason: '', answer: 'lost' },
  pm_card_slow: { outcome: 'approve', reason: '', answer: 'slow' },
} as const satisfies Record<string, Method>;

const METHODS = new Map<string, Method>(Object.entries(SIMULATOR_METHODS));

const SLOW_MS = 2_000;
const TRIES_MAX = 20;

function methodOf(name: string): Method {
  return METHODS.get(name) ?? { outcome: 'decline', reason: 'unknown_payment_method', answer: 'prompt' };
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A payment provider in a collection of its own, never part of our transactions, as a real one never could be: what it has done it has done.
 * Its calls are compare-and-set and remember the first answer of each idempotency key.
 */
export function createSimulatorPayments(deps: {
  db: Db;
  capture: 'automatic' | 'manual';
}): PaymentProvider & { readonly ensureIndexes: () => Promise<void> } {
  const intents = deps.db.collection<SimulatorDocument>('simulator_intents');

  const done = (document: SimulatorDocument, status: ProviderStatus): ProviderResult<ProviderIntent> => ({
    kind: 'done',
    value: { providerIntentId: document._id, status },
  });

  async function once(
    providerIntentId: string,
    key: string,
    decide: (document: SimulatorDocument) => {
      result: ProviderResult<ProviderIntent>;
      change: Partial<Pick<SimulatorDocument, 'status' | 'captured' | 'refunded'>>;
    },
  ): Promise<ProviderResult<ProviderIntent>> {
    try {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const document = await intents.findOne({ _id: providerIntentId });
        if (!document) return { kind: 'declined', reason: 'no_such_intent' };
        const before = document.answers.find((answer) => answer.key === key);
        if (before) return before.result;
        const { result, change } = decide(document);
        const updated = await intents.updateOne(
          { _id: providerIntentId, version: document.version },
          { $set: { ...change, version: document.version + 1 }, $push: { answers: { key, result } } },
        );
        if (updated.matchedCount === 1) return result;
      }
      return { kind: 'unknown', cause: new Error('the simulator is too busy with this intent') };
    } catch (error) {
      return { kind: 'unknown', cause: error };
    }
  }

  return {
    async ensureIndexes() {
      await intents.createIndex({ intentId: 1 }, { unique: true });
    },
    async createIntent({ intentId, amount }) {
      const document: SimulatorDocument = {
        _id: `sim_${intentId}`,
        intentId,
        amount,
        status: 'REQUIRES_CONFIRMATION' as const,
        clientSecret: `${intentId}_secret_${randomBytes(16).toString('hex')}`,
        captured: 0,
        refunded: 0,
        version: 1,
        answers: [],
      };
      try {
        await intents.insertOne(document);
        return { kind: 'done', value: { providerIntentId: document._id, status: document.status, clientSecret: document.clientSecret } };
      } catch (error) {
        if (!isDuplicateKey(error)) return { kind: 'unknown', cause: error };
        const existing = await intents.findOne({ intentId });
        return existing
          ? { kind: 'done', value: { providerIntentId: existing._id, status: existing.status, clientSecret: existing.clientSecret } }
          : { kind: 'unknown', cause: error };
      }
    },
    async confirm({ key, providerIntentId, paymentMethod }) {
      const method = methodOf(paymentMethod);
      if (method.answer === 'slow') await wait(SLOW_MS);
      const result = await once(providerIntentId, key, (document) => {
        if (document.status !== 'REQUIRES_CONFIRMATION') return { result: done(document, document.status), change: {} };
        if (method.outcome === 'decline') return { result: { kind: 'declined', reason: method.reason }, change: {} };
        const status = deps.capture === 'manual' ? 'REQUIRES_CAPTURE' : 'SUCCEEDED';
        return { result: done(document, status), change: { status, captured: status === 'SUCCEEDED' ? document.amount.amount : 0 } };
      });
      if (method.answer !== 'lost') return result;
      await wait(PROVIDER_DEADLINE_MS);
      return { kind: 'unknown', cause: new Error('the answer of the provider was lost') };
    },
    capture: ({ key, providerIntentId }) =>
      once(providerIntentId, key, (document) => {
        if (document.status !== 'REQUIRES_CAPTURE')
          return document.status === 'SUCCEEDED'
            ? { result: done(document, 'SUCCEEDED'), change: {} }
            : { result: { kind: 'declined', reason: 'not_capturable' }, change: {} };
        return { result: done(document, 'SUCCEEDED'), change: { status: 'SUCCEEDED', captured: document.amount.amount } };
      }),
    cancel: ({ key, providerIntentId }) =>
      once(providerIntentId, key, (document) =>
        document.status === 'SUCCEEDED' || document.status === 'REFUNDED'
          ? { result: { kind: 'declined', reason: 'already_succeeded' }, change: {} }
          : { result: done(document, 'CANCELLED'), change: { status: 'CANCELLED' } },
      ),
    refund: ({ key, providerIntentId, amount }) =>
      once(providerIntentId, key, (document) => {
        const refunded = document.refunded + amount.amount;
        if (document.captured < refunded) return { result: { kind: 'declined', reason: 'exceeds_what_was_captured' }, change: {} };
        const status = refunded === document.captured ? 'REFUNDED' : document.status;
        return { result: done(document, status), change: { refunded, status } };
      }),
    async retrieve(providerIntentId) {
      try {
        const document = await intents.findOne({ _id: providerIntentId });
        return document ? done(document, document.status) : { kind: 'declined', reason: 'no_such_intent' };
      } catch (error) {
        return { kind: 'unknown', cause: error };
      }
    },
  };
}
