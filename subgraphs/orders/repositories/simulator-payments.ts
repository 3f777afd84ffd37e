import { randomBytes } from 'node:crypto';
import type { Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { Money } from '../../../kit/values/money.ts';
import { wait } from '../../../kit/values/wait.ts';
import type { PaymentProvider, ProviderIntent, ProviderPayment, ProviderResult, ProviderStatus } from '../domain/payment-provider.ts';
import { sameSecret } from '../domain/secret.ts';
import { inTime, PROVIDER_PATIENCE_MS } from './in-time.ts';
import { simulatorMethod } from './simulator-methods.ts';

type SimulatorDocument = {
  _id: string;
  intentId: string;
  amount: Money;
  status: ProviderStatus;
  clientSecret: string;
  captured: number;
  refunded: number;
  version: number;
  /** Opens the payer's page; set while there is, or was, something to decide. */
  actionToken?: string;
  /** When PROCESSING ends by itself. */
  settlesAt?: Date;
  declineReason?: string | null;
  /** First answer of each idempotency key, as a real provider keeps them. */
  answers: { key: string; result: ProviderResult<ProviderIntent> }[];
};
type Change = Partial<Pick<SimulatorDocument, 'status' | 'captured' | 'refunded' | 'actionToken' | 'settlesAt' | 'declineReason'>>;
type Decision = { readonly result?: ProviderResult<ProviderIntent>; readonly change: Change };

/** What the payer's page shows of a payment. */
export type SimulatorAction = { readonly amount: Money; readonly decided: boolean };
export type SimulatorPayments = PaymentProvider & {
  readonly ensureIndexes: () => Promise<void>;
  /** Null for an unknown payment, or a token that is not its own. */
  readonly findAction: (providerIntentId: string, token: string) => Promise<SimulatorAction | null>;
  /** The first decision stands. */
  readonly decideAction: (providerIntentId: string, token: string, decision: 'approve' | 'decline') => Promise<void>;
};

const SLOW_MS = 2_000;
const LATE_MS = 3_000;
const TRIES_MAX = 20;

const declined = (reason: string): ProviderResult<never> => ({ kind: 'declined', reason });

/**
 * A payment provider in a collection of its own, never part of our transactions, as a real one never could be: what it has done it has done.
 * Its calls are compare-and-set and remember the first answer of each idempotency key.
 */
export function createSimulatorPayments(deps: {
  db: Db;
  clock: Clock;
  capture: 'automatic' | 'manual';
  actionUrl: (providerIntentId: string, token: string) => string;
}): SimulatorPayments {
  const { clock } = deps;
  const intents = deps.db.collection<SimulatorDocument>('simulator_intents');

  const asks = (status: ProviderStatus, token: string | undefined): token is string => status === 'REQUIRES_ACTION' && token !== undefined;
  const shown = (document: SimulatorDocument): ProviderIntent => ({
    providerIntentId: document._id,
    status: document.status,
    intentId: document.intentId,
    nextAction: asks(document.status, document.actionToken) ? { url: deps.actionUrl(document._id, document.actionToken) } : null,
    declineReason: document.status === 'REQUIRES_CONFIRMATION' ? (document.declineReason ?? null) : null,
  });
  const found = (document: SimulatorDocument): ProviderResult<ProviderIntent> => ({ kind: 'done', value: shown(document) });
  const approved = (document: SimulatorDocument): Change =>
    deps.capture === 'manual' ? { status: 'REQUIRES_CAPTURE' } : { status: 'SUCCEEDED', captured: document.amount.amount };

  /** PROCESSING ends by itself: whoever looks after its time finds it ended, and writes it down. */
  async function current(providerIntentId: string): Promise<SimulatorDocument | null> {
    const document = await intents.findOne({ _id: providerIntentId });
    const due = document?.status === 'PROCESSING' && document.settlesAt !== undefined && document.settlesAt <= clock.now();
    if (!due) return document;
    const { _id, version } = document;
    await intents.updateOne({ _id, version }, { $set: { ...approved(document), version: version + 1 } });
    return intents.findOne({ _id });
  }

  /** Retries until nobody else changed the payment meanwhile. `key` null: not a call of ours, but the payer's. */
  async function once(
    providerIntentId: string,
    key: string | null,
    decide: (document: SimulatorDocument) => Decision,
    repeated: (result: ProviderResult<ProviderIntent>, document: SimulatorDocument) => ProviderResult<ProviderIntent> = (result) => result,
  ): Promise<ProviderResult<ProviderIntent>> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const document = await current(providerIntentId);
      if (!document) return declined('no_such_intent');
      const before = document.answers.find((answer) => answer.key === key);
      if (before) return repeated(before.result, document);
      const { result, change } = decide(document);
      const answer = result ?? found({ ...document, ...change });
      const updated = await intents.updateOne(
        { _id: providerIntentId, version: document.version },
        { $set: { ...change, version: document.version + 1 }, ...(key === null ? {} : { $push: { answers: { key, result: answer } } }) },
      );
      if (updated.matchedCount === 1) return answer;
    }
    return { kind: 'unknown', cause: new Error('the simulator is too busy with this intent') };
  }

  function decideConfirmation(document: SimulatorDocument, paymentMethod: string | null): Decision {
    const method = simulatorMethod(paymentMethod);
    if (document.status !== 'REQUIRES_CONFIRMATION') return { change: {} };
    switch (method.outcome) {
      case 'approve':
        return { change: approved(document) };
      case 'decline':
        return { result: declined(method.reason), change: { declineReason: method.reason } };
      case 'ask the payer':
        return { change: { status: 'REQUIRES_ACTION', actionToken: randomBytes(16).toString('hex') } };
      case 'approve later':
        return { change: { status: 'PROCESSING', settlesAt: new Date(clock.now().getTime() + LATE_MS) } };
    }
  }

  /** An answer that was no end is told on: what has become of that attempt. */
  function sinceThen(result: ProviderResult<ProviderIntent>, document: SimulatorDocument): ProviderResult<ProviderIntent> {
    const pending = result.kind === 'done' && (result.value.status === 'PROCESSING' || result.value.status === 'REQUIRES_ACTION');
    if (!pending) return result;
    return document.status === 'REQUIRES_CONFIRMATION' ? declined(document.declineReason ?? 'declined') : found(document);
  }

  const actionOf = async (providerIntentId: string, token: string): Promise<SimulatorDocument | null> => {
    const document = await intents.findOne({ _id: providerIntentId });
    return document?.actionToken !== undefined && sameSecret(token, document.actionToken) ? document : null;
  };

  return {
    async ensureIndexes() {
      await intents.createIndex({ intentId: 1 }, { unique: true });
    },
    createIntent: ({ intentId, amount }) =>
      inTime(async () => {
        const created = {
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
        await intents.insertOne(created).catch((error: unknown) => {
          if (!isDuplicateKey(error)) throw error;
        });
        const document = await intents.findOne({ intentId });
        const answer = document && found(document);
        return document && answer?.kind === 'done'
          ? { kind: 'done', value: { ...answer.value, clientSecret: document.clientSecret } }
          : { kind: 'unknown', cause: new Error('the intent is gone') };
      }),
    confirm: ({ key, providerIntentId, paymentMethod }) =>
      inTime(async () => {
        const { answer } = simulatorMethod(paymentMethod);
        if (answer === 'slow') await wait(SLOW_MS);
        const result = await once(providerIntentId, key, (document) => decideConfirmation(document, paymentMethod), sinceThen);
        if (answer !== 'lost') return result;
        await wait(PROVIDER_PATIENCE_MS);
        return { kind: 'unknown', cause: new Error('the answer of the provider was lost') };
      }),
    capture: ({ key, providerIntentId }) =>
      inTime(() =>
        once(providerIntentId, key, (document) => {
          if (document.status === 'SUCCEEDED') return { change: {} };
          if (document.status !== 'REQUIRES_CAPTURE') return { result: declined('not_capturable'), change: {} };
          return { change: { status: 'SUCCEEDED', captured: document.amount.amount } };
        }),
      ),
    cancel: ({ key, providerIntentId }) =>
      inTime(() =>
        once(providerIntentId, key, (document) => {
          if (document.status === 'SUCCEEDED' || document.status === 'REFUNDED')
            return { result: declined('already_succeeded'), change: {} };
          if (document.status === 'PROCESSING') return { result: declined('processing'), change: {} };
          return { change: { status: 'CANCELLED' } };
        }),
      ),
    refund: ({ key, providerIntentId, amount }) =>
      inTime(() =>
        once(providerIntentId, key, (document) => {
          const refunded = document.refunded + amount.amount;
          if (document.captured < refunded) return { result: declined('exceeds_what_was_captured'), change: {} };
          return { change: { refunded, status: refunded === document.captured ? 'REFUNDED' : document.status } };
        }),
      ),
    findRefund: ({ key, providerIntentId }) =>
      inTime<'SUCCEEDED' | null>(async () => {
        const document = await current(providerIntentId);
        if (!document) return declined('no_such_intent');
        const made = document.answers.some((answer) => answer.key === key && answer.result.kind === 'done');
        return { kind: 'done', value: made ? 'SUCCEEDED' : null };
      }),
    retrieve: (providerIntentId) =>
      inTime<ProviderPayment>(async () => {
        const document = await current(providerIntentId);
        if (!document) return declined('no_such_intent');
        return { kind: 'done', value: { ...shown(document), refunded: document.refunded } };
      }),

    async findAction(providerIntentId, token) {
      const document = await actionOf(providerIntentId, token);
      return document && { amount: document.amount, decided: document.status !== 'REQUIRES_ACTION' };
    },
    async decideAction(providerIntentId, token, decision) {
      if (!(await actionOf(providerIntentId, token))) return;
      await once(providerIntentId, null, (document) => {
        if (document.status !== 'REQUIRES_ACTION') return { change: {} };
        if (decision === 'approve') return { change: approved(document) };
        return { change: { status: 'REQUIRES_CONFIRMATION', declineReason: 'authentication_failed' } };
      });
    },
  };
}
