import { randomBytes } from 'node:crypto';

/** As Stripe answers an error: https://docs.stripe.com/api/errors. `saved`: the endpoint had begun, so an idempotency key keeps it. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly saved: boolean;
  constructor(status: number, error: { type: string; code?: string; message: string } & Record<string, unknown>, saved = true) {
    super(error.message);
    this.status = status;
    this.body = { error };
    this.saved = saved;
  }
}
export const invalid = (message: string, rest: { code?: string; param?: string; saved?: boolean } = {}): StripeRefusal => {
  const { saved = false, ...error } = rest;
  return new StripeRefusal(400, { type: 'invalid_request_error', message, ...error }, saved);
};

type Status = 'requires_payment_method' | 'requires_action' | 'processing' | 'requires_capture' | 'succeeded' | 'canceled';
export type StandInPayment = {
  id: string;
  amount: number;
  currency: string;
  capture: 'automatic' | 'manual';
  secret: string;
  metadata: Record<string, string>;
  status: Status;
  received: number;
  method: string | null;
  returnUrl: string | null;
  error: { type: string; code: string; decline_code?: string; message: string } | null;
};
export type StandInRefund = {
  id: string;
  payment: string;
  amount: number;
  status: 'pending' | 'succeeded' | 'failed';
  metadata: Record<string, string>;
};

const MINIMUM = 50;
const NO_DECIMALS = ['jpy', 'krw'];
const ENDING_IN_0 = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];
const ENDING_IN_00 = ['isk', 'ugx'];

/** Test cards (https://docs.stripe.com/testing); the last one is this stand-in's own, for what other methods than cards do. */
const DECLINES: Readonly<Record<string, string>> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
};
const ASKS = 'pm_card_authenticationRequired';
const LATE = 'pm_standin_processing';
const KNOWN = ['pm_card_visa', ASKS, LATE, ...Object.keys(DECLINES)];

const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** What an account at Stripe keeps, and which step may follow which: https://docs.stripe.com/payments/paymentintents/lifecycle. */
export function createStripeAccount(settings: { authenticationUrl: (id: string) => string; refundsStayPending: () => boolean }) {
  const payments = new Map<string, StandInPayment>();
  const refunds: StandInRefund[] = [];

  function find(id: string, param = 'intent'): StandInPayment {
    const payment = payments.get(id);
    if (payment) return payment;
    throw new StripeRefusal(
      404,
      { type: 'invalid_request_error', code: 'resource_missing', param, message: `No such payment_intent: '${id}'` },
      false,
    );
  }

  function inState(payment: StandInPayment, states: readonly Status[], verb: string): void {
    if (states.includes(payment.status)) return;
    throw new StripeRefusal(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message: `This PaymentIntent could not be ${verb} because it has a status of ${payment.status}.`,
      payment_intent: show(payment),
    });
  }

  function succeed(payment: StandInPayment): void {
    payment.status = payment.capture === 'manual' ? 'requires_capture' : 'succeeded';
    payment.received = payment.status === 'succeeded' ? payment.amount : 0;
    payment.error = null;
  }

  const refundedOf = (id: string): number =>
    refunds.filter((refund) => refund.payment === id && refund.status !== 'failed').reduce((sum, refund) => sum + refund.amount, 0);

  function show(payment: StandInPayment, expand: readonly string[] = []): Record<string, unknown> {
    const chargeId = `ch_${payment.id.slice(3)}`;
    const refunded = refundedOf(payment.id);
    const charge = {
      id: chargeId,
      object: 'charge',
      amount_refunded: refunded,
      refunded: payment.received > 0 && refunded >= payment.received,
    };
    const charged = payment.status === 'succeeded' || payment.status === 'requires_capture';
    return {
      id: payment.id,
      object: 'payment_intent',
      amount: payment.amount,
      amount_received: payment.received,
      capture_method: payment.capture,
      client_secret: payment.secret,
      currency: payment.currency,
      last_payment_error: payment.error,
      latest_charge: !charged ? null : expand.includes('latest_charge') ? charge : chargeId,
      metadata: payment.metadata,
      next_action:
        payment.status === 'requires_action'
          ? { type: 'redirect_to_url', redirect_to_url: { url: settings.authenticationUrl(payment.id), return_url: payment.returnUrl } }
          : null,
      payment_method: payment.method,
      status: payment.status,
    };
  }

  const showRefund = (refund: StandInRefund): Record<string, unknown> => ({
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    payment_intent: refund.payment,
    metadata: refund.metadata,
    status: refund.status,
    ...(refund.status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : {}),
  });

  return {
    payments,
    refunds,
    find,
    show,
    showRefund,
    /** What a payer does on the bank's page. */
    authenticate(id: string, decision: 'approve' | 'decline'): void {
      const payment = find(id);
      if (payment.status !== 'requires_action') throw new Error(`${id} asks for nothing`);
      if (decision === 'approve') return succeed(payment);
      payment.status = 'requires_payment_method';
      payment.method = null;
      payment.error = { type: 'card_error', code: 'payment_intent_authentication_failure', message: 'Authentication failed.' };
    },
    /** What happens to one in processing. */
    settle(id: string, as: 'succeeded' | 'failed'): void {
      const payment = find(id);
      if (as === 'succeeded') return succeed(payment);
      payment.status = 'requires_payment_method';
      payment.method = null;
      payment.error = { type: 'card_error', code: 'card_declined', decline_code: 'try_again_later', message: 'Declined.' };
    },

    create(params: { amount: number; currency: string; capture: 'automatic' | 'manual'; metadata: Record<string, string> }) {
      const { amount, currency } = params;
      if (!Number.isInteger(amount) || amount < 1)
        throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
      if (!NO_DECIMALS.includes(currency) && amount < MINIMUM)
        throw invalid('Amount must be at least 50.', { code: 'amount_too_small', param: 'amount' });
      if (ENDING_IN_0.includes(currency) && amount % 10 !== 0)
        throw invalid('Amount must end in 0.', { code: 'invalid_charge_amount', param: 'amount' });
      if (ENDING_IN_00.includes(currency) && amount % 100 !== 0)
        throw invalid('Amount must be divisible by 100.', { code: 'invalid_charge_amount_no_decimal_compatible', param: 'amount' });
      const id = newId('pi');
      const payment: StandInPayment = {
        ...params,
        id,
        secret: `${id}_secret_${randomBytes(8).toString('hex')}`,
        status: 'requires_payment_method',
        received: 0,
        method: null,
        returnUrl: null,
        error: null,
      };
      payments.set(id, payment);
      return show(payment);
    },
    confirm(id: string, params: { method: string | undefined; returnUrl: string | undefined }) {
      const payment = find(id);
      const method = params.method ?? payment.method;
      if (params.method !== undefined && !KNOWN.includes(params.method))
        throw invalid(`No such PaymentMethod: '${params.method}'`, { code: 'resource_missing', param: 'payment_method' });
      inState(payment, method === null ? [] : ['requires_payment_method'], 'confirmed');
      payment.method = method;
      payment.returnUrl = params.returnUrl ?? null;
      const decline = DECLINES[method ?? ''];
      if (decline !== undefined) {
        payment.method = null;
        payment.error = { type: 'card_error', code: 'card_declined', decline_code: decline, message: 'Your card was declined.' };
        throw new StripeRefusal(402, { ...payment.error, payment_intent: show(payment) });
      }
      if (method === ASKS) payment.status = 'requires_action';
      else if (method === LATE) payment.status = 'processing';
      else succeed(payment);
      return show(payment);
    },
    capture(id: string) {
      const payment = find(id);
      inState(payment, ['requires_capture'], 'captured');
      payment.status = 'succeeded';
      payment.received = payment.amount;
      return show(payment);
    },
    cancel(id: string) {
      const payment = find(id);
      inState(payment, ['requires_payment_method', 'requires_capture', 'requires_action'], 'canceled');
      payment.status = 'canceled';
      return show(payment);
    },
    refund(params: { payment: string; amount: number | undefined; metadata: Record<string, string> }) {
      const payment = find(params.payment, 'payment_intent');
      const left = payment.received - refundedOf(payment.id);
      if (payment.received > 0 && left === 0)
        throw invalid('Charge has already been refunded.', { code: 'charge_already_refunded', saved: true });
      const amount = params.amount ?? left;
      if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { saved: true });
      const status = settings.refundsStayPending() ? 'pending' : 'succeeded';
      const refund: StandInRefund = { id: newId('re'), payment: payment.id, amount, status, metadata: params.metadata };
      refunds.unshift(refund);
      return showRefund(refund);
    },
  };
}
