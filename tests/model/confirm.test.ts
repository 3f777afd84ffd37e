import type { Actor, Model } from './explore.ts';
import { describeModel } from './rules.ts';

/**
 * A payment is confirmed; the question to the provider may be slow on its way. The client asks again when it hears nothing, the hold may be replaced meanwhile, and
 * once it is over the reconciler looks after the money.
 */
type State = {
  intent: 'REQUIRES_CONFIRMATION' | 'PROCESSING' | 'SUCCEEDED' | 'CANCELLED' | 'REFUND_PENDING' | 'REFUNDED';
  provider: 'REQUIRES_CONFIRMATION' | 'SUCCEEDED' | 'CANCELLED' | 'REFUNDED';
  /** Questions on their way. */
  sent: number;
};

const RULES = [
  'PROCESSING is written before the provider is asked',
  'a lost confirmation is asked again, not taken back',
  'a hold is replaced only by cancelling its payment by compare-and-set',
  'the provider is asked to cancel before the intent counts as cancelled',
  'the reconciler looks at what has no order',
] as const;
type Rule = (typeof RULES)[number];

function model(has: (rule: Rule) => boolean): Model<State> {
  const confirm: Actor<State, Record<string, never>> = {
    name: 'confirmPayment',
    first: 'change',
    local: {},
    mayDie: true,
    steps: {
      change: (state) => {
        if (state.intent !== 'REQUIRES_CONFIRMATION') return 'END';
        if (has('PROCESSING is written before the provider is asked')) state.intent = 'PROCESSING';
        return 'confirm';
      },
      confirm: (state) => {
        state.sent += 1;
        return 'settle';
      },
      settle: (state) => {
        if (state.provider === 'REQUIRES_CONFIRMATION') return 'WAIT';
        if (state.intent === 'PROCESSING' || state.intent === 'REQUIRES_CONFIRMATION')
          state.intent = state.provider === 'SUCCEEDED' ? 'SUCCEEDED' : state.intent;
        return 'END';
      },
    },
  };
  const network: Actor<State, Record<string, never>> = {
    name: 'network',
    first: 'arrive',
    local: {},
    mayDie: false,
    steps: {
      arrive: (state) => {
        if (state.sent === 0) return 'WAIT';
        state.sent -= 1;
        if (state.provider === 'REQUIRES_CONFIRMATION') state.provider = 'SUCCEEDED';
        return 'arrive';
      },
    },
  };
  const again: Actor<State, { found: State['provider'] | '' }> = {
    name: 'confirmPayment again',
    first: 'goOn',
    local: { found: '' },
    mayDie: false,
    steps: {
      goOn: (state, local) => {
        if (state.intent !== 'PROCESSING') return 'WAIT';
        local.found = state.provider;
        return 'settle';
      },
      settle: (state, local) => {
        if (state.intent !== 'PROCESSING') return 'END';
        if (local.found === 'SUCCEEDED') state.intent = 'SUCCEEDED';
        else if (has('a lost confirmation is asked again, not taken back')) state.sent += 1;
        else state.intent = 'REQUIRES_CONFIRMATION';
        return 'END';
      },
    },
  };
  const replace: Actor<State, { read: State['intent'] | '' }> = {
    name: 'replacement of the hold',
    first: 'read',
    local: { read: '' },
    mayDie: false,
    steps: {
      read: (state, local) => {
        local.read = state.intent;
        return 'change';
      },
      change: (state, local) => {
        if (local.read !== 'REQUIRES_CONFIRMATION') return 'END';
        if (has('a hold is replaced only by cancelling its payment by compare-and-set') && state.intent !== local.read) return 'END';
        state.intent = 'CANCELLED';
        return 'END';
      },
    },
  };
  /** Rule 3, from the moment when the hold is over; that may be while a request still runs. */
  const reconciler: Actor<State, { found: State['provider'] | '' }> = {
    name: 'reconciler',
    first: 'unboundSince',
    local: { found: '' },
    mayDie: false,
    steps: {
      unboundSince: (state) => {
        if (!has('the reconciler looks at what has no order')) return 'WAIT';
        if (state.intent === 'PROCESSING') return 'retrieve';
        return state.intent === 'SUCCEEDED' ? 'startUnboundRefund' : state.intent === 'REFUND_PENDING' ? 'refund' : 'WAIT';
      },
      retrieve: (state, local) => {
        local.found = state.provider;
        return state.provider === 'SUCCEEDED' ? 'startUnboundRefund' : 'cancel';
      },
      cancel: (state) => {
        if (has('the provider is asked to cancel before the intent counts as cancelled') && state.provider === 'REQUIRES_CONFIRMATION')
          state.provider = 'CANCELLED';
        return state.provider === 'SUCCEEDED' && has('the provider is asked to cancel before the intent counts as cancelled')
          ? 'unboundSince'
          : 'cancelled';
      },
      cancelled: (state) => {
        if (state.intent === 'PROCESSING') state.intent = 'CANCELLED';
        return 'unboundSince';
      },
      startUnboundRefund: (state) => {
        if (state.intent === 'PROCESSING' || state.intent === 'SUCCEEDED') state.intent = 'REFUND_PENDING';
        return 'unboundSince';
      },
      refund: (state) => {
        if (state.provider === 'SUCCEEDED') state.provider = 'REFUNDED';
        state.intent = 'REFUNDED';
        return 'unboundSince';
      },
    },
  };
  return {
    start: { intent: 'REQUIRES_CONFIRMATION', provider: 'REQUIRES_CONFIRMATION', sent: 0 },
    actors: [confirm, network, again, replace, reconciler],
    deaths: 1,
    always: () => null,
    atRest: ({ intent, provider }) => {
      if (provider === 'SUCCEEDED') return `The provider keeps the money; here the payment is ${intent}.`;
      return intent === 'REFUNDED' && provider !== 'REFUNDED' ? 'Given back here, and not there.' : null;
    },
  };
}

describeModel({
  name: 'confirming a payment',
  rules: RULES,
  model,
  code: {
    'usecases/confirm-payment.ts': ['intents.change', 'provider.confirm', 'settle', 'goOn', 'provider.retrieve'],
    'usecases/reconcile.ts': ['unboundSince', 'provider.retrieve', 'startUnboundRefund'],
    'usecases/settle-refund.ts': ['provider.refund'],
  },
});
