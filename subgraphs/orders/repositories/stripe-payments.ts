import type { Stripe } from 'stripe';
import { newId } from '../../../kit/values/ids.ts';
import { wait } from '../../../kit/values/wait.ts';
import type { PaymentProvider, ProviderIntent, ProviderPayment, ProviderResult, ProviderStatus } from '../domain/payment-provider.ts';
import { AMOUNT_NOT_PAYABLE } from '../domain/payment-provider.ts';
import { inTime, PROVIDER_PATIENCE_MS } from './in-time.ts';
import { amountFromStripe, stripeAmount } from './stripe-amounts.ts';
import { isAboutAmount, isBusy, isRepeated, isRepeatedFailure, isUnexpectedState, resultOfFailure } from './stripe-errors.ts';

const BUSY_PAUSE_MS = 100;
/** Stripe's longest page. An order has at most ten tickets, and each is refunded once. */
const REFUNDS_MAX = 100;

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
const STATUS_FROM_STRIPE = new Map<string, ProviderStatus>([
  ['requires_payment_method', 'REQUIRES_CONFIRMATION'],
  ['requires_confirmation', 'REQUIRES_CONFIRMATION'],
  ['requires_action', 'REQUIRES_ACTION'],
  ['processing', 'PROCESSING'],
  ['requires_capture', 'REQUIRES_CAPTURE'],
  ['succeeded', 'SUCCEEDED'],
  ['canceled', 'CANCELLED'],
]);

function intentOf(found: Stripe.PaymentIntent): ProviderIntent {
  const status = STATUS_FROM_STRIPE.get(found.status);
  if (status === undefined) throw new Error(`payment intent ${found.id} is ${found.status}, whatever that means`);
  const url = found.next_action?.redirect_to_url?.url;
  const failure = found.last_payment_error;
  return {
    providerIntentId: found.id,
    status,
    intentId: found.metadata['intent_id'] ?? null,
    nextAction: status === 'REQUIRES_ACTION' && url ? { url } : null,
    declineReason: status === 'REQUIRES_CONFIRMATION' && failure ? (failure.decline_code ?? failure.code ?? 'declined') : null,
  };
}

function statusOfRefund({ status }: Stripe.Refund): 'PENDING' | 'SUCCEEDED' | 'FAILED' {
  if (status === 'succeeded') return 'SUCCEEDED';
  return status === 'failed' || status === 'canceled' ? 'FAILED' : 'PENDING';
}

const done = <Value extends ProviderIntent>(value: Value): ProviderResult<Value> => ({ kind: 'done', value });
const declined = (reason: string): ProviderResult<never> => ({ kind: 'declined', reason });
const unknown = (message: string): ProviderResult<never> => ({ kind: 'unknown', cause: new Error(message) });

/** Payments by Stripe's Payment Intents. What it answers decides; what its webhooks say is only a reason to ask (`usecases/follow-payment.ts`). */
export function createStripePayments(deps: {
  stripe: Stripe;
  capture: 'automatic' | 'manual';
  /** Where a bank's confirmation page sends the payer's browser back to. */
  returnUrl: string;
}): PaymentProvider {
  const { paymentIntents, refunds } = deps.stripe;

  /** Of two calls with one key the second is turned away while the first is under way; its answer is worth waiting for. */
  async function whenFree<Value>(call: () => Promise<Value>): Promise<Value> {
    const until = Date.now() + PROVIDER_PATIENCE_MS - BUSY_PAUSE_MS;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!isBusy(error) || Date.now() >= until) throw error;
        await wait(BUSY_PAUSE_MS);
      }
    }
  }

  const answered = <Value>(work: () => Promise<ProviderResult<Value>>): Promise<ProviderResult<Value>> =>
    inTime(() => whenFree(work).catch((error: unknown): ProviderResult<Value> => resultOfFailure(error)));

  async function refundsOf(providerIntentId: string): Promise<readonly Stripe.Refund[]> {
    return (await refunds.list({ payment_intent: providerIntentId, limit: REFUNDS_MAX })).data;
  }

  /** By its name: Stripe forgets keys after a day, and then would refund a second time. */
  async function findRefund(providerIntentId: string, key: string): Promise<Stripe.Refund | undefined> {
    return (await refundsOf(providerIntentId)).find((refund) => refund.metadata?.['refund_key'] === key);
  }

  /** As it is now. A payment counts as REFUNDED once all of its refunds have arrived, not while one of them may still fail. */
  async function current(providerIntentId: string): Promise<ProviderPayment> {
    const found = await paymentIntents.retrieve(providerIntentId, { expand: ['latest_charge'] });
    const intent = intentOf(found);
    const charge = typeof found.latest_charge === 'object' ? found.latest_charge : null;
    // An authorisation that was let go counts as refunded there; nothing was taken of it.
    const refunded = intent.status === 'SUCCEEDED' && charge ? amountFromStripe(charge.amount_refunded, found.currency) : 0;
    if (intent.status !== 'SUCCEEDED' || !charge?.refunded) return { ...intent, refunded };
    const back = (await refundsOf(providerIntentId))
      .filter((refund) => refund.status === 'succeeded')
      .reduce((sum, refund) => sum + refund.amount, 0);
    return { ...intent, refunded, status: back >= found.amount_received ? 'REFUNDED' : intent.status };
  }

  /**
   * For calls that do no harm twice, because of the payment's state, or because nobody is told of a second payment: a refusal or failure that Stripe only
   * repeats from the first time this key was used says nothing about now, so one more key is tried. Another one each time: it may meet a failure, too.
   */
  async function unlessRepeated<Value>(key: string, call: (key: string) => Promise<Value>): Promise<Value> {
    try {
      return await call(key);
    } catch (error) {
      if (!isRepeatedFailure(error)) throw error;
      return call(newId(key));
    }
  }

  /** Asks for the present state where the payment was not in one for the call, and lets `judge` say what that means. */
  async function orElse(
    providerIntentId: string,
    call: () => Promise<ProviderResult<ProviderIntent>>,
    judge: (now: ProviderIntent) => ProviderResult<ProviderIntent>,
  ): Promise<ProviderResult<ProviderIntent>> {
    try {
      return await call();
    } catch (error) {
      if (!isUnexpectedState(error)) throw error;
      return judge(await current(providerIntentId));
    }
  }

  const refundResult = async (providerIntentId: string, refund: Stripe.Refund): Promise<ProviderResult<ProviderIntent>> => {
    const status = statusOfRefund(refund);
    if (status === 'SUCCEEDED') return done(await current(providerIntentId));
    if (status === 'FAILED') return declined(refund.failure_reason ?? `refund_${refund.status}`);
    return unknown(`refund ${refund.id} is ${refund.status}`);
  };

  return {
    createIntent: ({ key, intentId, amount }) =>
      answered<ProviderIntent & { clientSecret: string }>(async () => {
        const charged = stripeAmount(amount);
        if (charged === null) return declined(AMOUNT_NOT_PAYABLE);
        const wanted = {
          ...charged,
          capture_method: deps.capture,
          allowed_payment_method_types: ['card'],
          metadata: { intent_id: intentId },
        };
        const created = await unlessRepeated(key, (once) => paymentIntents.create(wanted, { idempotencyKey: once })).catch(
          (error: unknown) => {
            if (isAboutAmount(error)) return null;
            throw error;
          },
        );
        if (created === null) return declined(AMOUNT_NOT_PAYABLE);
        if (created.client_secret === null) return unknown(`payment intent ${created.id} came without its secret`);
        return { kind: 'done', value: { ...intentOf(created), clientSecret: created.client_secret } };
      }),

    confirm: ({ key, providerIntentId, paymentMethod }) =>
      answered(() =>
        orElse(
          providerIntentId,
          async () => {
            const confirmed = await paymentIntents.confirm(
              providerIntentId,
              { return_url: deps.returnUrl, ...(paymentMethod === null ? {} : { payment_method: paymentMethod }) },
              { idempotencyKey: key },
            );
            const first = intentOf(confirmed);
            const pending = first.status === 'PROCESSING' || first.status === 'REQUIRES_ACTION';
            if (!pending || !isRepeated(confirmed.lastResponse.headers)) return done(first);
            const now = await current(providerIntentId);
            return now.status === 'REQUIRES_CONFIRMATION' ? declined(now.declineReason ?? 'declined') : done(now);
          },
          (now) => (now.status === 'REQUIRES_CONFIRMATION' ? declined(now.declineReason ?? 'payment_method_required') : done(now)),
        ),
      ),

    capture: ({ key, providerIntentId }) =>
      answered(() =>
        orElse(
          providerIntentId,
          async () =>
            done(intentOf(await unlessRepeated(key, (once) => paymentIntents.capture(providerIntentId, {}, { idempotencyKey: once })))),
          (now) => {
            if (now.status === 'SUCCEEDED') return done(now);
            return now.status === 'REQUIRES_CAPTURE' || now.status === 'PROCESSING'
              ? unknown(`payment intent ${providerIntentId} is ${now.status}, and yet was not captured`)
              : declined('not_capturable');
          },
        ),
      ),

    cancel: ({ key, providerIntentId }) =>
      answered(() =>
        orElse(
          providerIntentId,
          async () =>
            done(intentOf(await unlessRepeated(key, (once) => paymentIntents.cancel(providerIntentId, {}, { idempotencyKey: once })))),
          (now) => {
            if (now.status === 'CANCELLED') return done(now);
            if (now.status === 'SUCCEEDED' || now.status === 'REFUNDED') return declined('already_succeeded');
            return now.status === 'PROCESSING'
              ? declined('processing')
              : unknown(`payment intent ${providerIntentId} is ${now.status}, and yet was not cancelled`);
          },
        ),
      ),

    refund: ({ key, providerIntentId, amount }) =>
      answered(async () => {
        const returned = stripeAmount(amount);
        if (returned === null) return declined(AMOUNT_NOT_PAYABLE);
        const refund =
          (await findRefund(providerIntentId, key)) ??
          (await refunds.create(
            { payment_intent: providerIntentId, amount: returned.amount, metadata: { refund_key: key } },
            { idempotencyKey: key },
          ));
        return refundResult(providerIntentId, refund);
      }),

    findRefund: ({ key, providerIntentId }) =>
      answered(async () => {
        const refund = await findRefund(providerIntentId, key);
        return { kind: 'done', value: refund ? statusOfRefund(refund) : null };
      }),

    retrieve: (providerIntentId) => answered(async () => done(await current(providerIntentId))),
  };
}
