import type { Actor, Model } from './explore.ts';
import { describeModel } from './rules.ts';

/** An event is cancelled while somebody buys: the transaction that claims the seats may have read the open listing long before it commits. */
type State = {
  listing: 'PUBLISHED' | 'CANCELLED';
  /** A transaction that read the open listing and may still commit. */
  open: boolean;
  order: '' | 'PENDING_PAYMENT' | 'CONFIRMED' | 'REFUNDED';
  money: 'paid' | 'back';
  refundsDone: boolean;
  /** The provider does not answer, so a pending order can be neither finished nor given up. */
  silent: boolean;
  answer: '' | 'closed' | 'order';
};

const RULES = [
  'the listing is read in the transaction that claims',
  'only a pass that began late enough says that all is done',
  'pending orders are unfinished',
  'pending orders are finished, then refunded',
] as const;
type Rule = (typeof RULES)[number];

function model(has: (rule: Rule) => boolean): Model<State> {
  const purchase: Actor<State, { onSale: boolean }> = {
    name: 'purchase',
    first: 'isOnSale',
    local: { onSale: false },
    mayDie: true,
    steps: {
      isOnSale: (state, local) => {
        local.onSale = state.listing === 'PUBLISHED';
        return 'begin';
      },
      begin: (state, local) => {
        const onSale = has('the listing is read in the transaction that claims') ? state.listing === 'PUBLISHED' : local.onSale;
        if (!onSale) {
          state.answer = 'closed';
          return 'END';
        }
        state.open = true;
        return 'claimSeats';
      },
      claimSeats: (state) => {
        if (!state.open) return 'END';
        state.order = 'PENDING_PAYMENT';
        state.open = false;
        return 'confirmOrder';
      },
      confirmOrder: (state) => {
        if (state.order === 'PENDING_PAYMENT') state.order = 'CONFIRMED';
        state.answer = 'order';
        return 'END';
      },
    },
  };
  const organizer: Actor<State, Record<string, never>> = {
    name: 'organizer',
    first: 'cancelEvent',
    local: {},
    mayDie: false,
    steps: {
      cancelEvent: (state) => {
        state.listing = 'CANCELLED';
        return 'END';
      },
    },
  };
  /** A transaction whose process has died is rolled back by the server, within its life. */
  const server: Actor<State, Record<string, never>> = {
    name: 'server',
    first: 'rollback',
    local: {},
    mayDie: false,
    steps: {
      rollback: (state) => {
        if (!state.open) return 'WAIT';
        state.open = false;
        return 'END';
      },
    },
  };
  const provider: Actor<State, Record<string, never>> = {
    name: 'provider',
    first: 'answers',
    local: {},
    mayDie: false,
    steps: {
      answers: (state) => {
        state.silent = false;
        return 'END';
      },
    },
  };
  /** Rule 3: the hold is over, and no order has the money. */
  const reconciler: Actor<State, Record<string, never>> = {
    name: 'reconciler',
    first: 'giveBackUnbound',
    local: {},
    mayDie: false,
    steps: {
      giveBackUnbound: (state) => {
        if (state.listing === 'PUBLISHED' || state.open || state.order !== '') return 'WAIT';
        state.money = 'back';
        return 'END';
      },
    },
  };
  const closer: Actor<State, { late: boolean }> = {
    name: 'refundClosedEvents',
    first: 'closedWithoutRefundsDone',
    local: { late: false },
    mayDie: false,
    steps: {
      closedWithoutRefundsDone: (state, local) => {
        if (state.listing !== 'CANCELLED' || state.refundsDone) return 'WAIT';
        // Late enough: nothing that began before the close can still commit.
        local.late = !state.open;
        const hasWork =
          state.order === 'CONFIRMED' || (state.order === 'PENDING_PAYMENT' && has('pending orders are finished, then refunded'));
        if (hasWork) return state.order === 'CONFIRMED' ? 'settleRefund' : 'finishOrder';
        return 'hasUnfinishedOfEvent';
      },
      finishOrder: (state) => {
        if (state.silent) return 'hasUnfinishedOfEvent';
        if (state.order === 'PENDING_PAYMENT') state.order = 'CONFIRMED';
        return 'settleRefund';
      },
      settleRefund: (state) => {
        if (state.order === 'CONFIRMED') {
          state.order = 'REFUNDED';
          state.money = 'back';
        }
        return 'closedWithoutRefundsDone';
      },
      hasUnfinishedOfEvent: (state, local) => {
        const unfinished = state.order === 'CONFIRMED' || (state.order === 'PENDING_PAYMENT' && has('pending orders are unfinished'));
        if (unfinished || (!local.late && has('only a pass that began late enough says that all is done'))) return 'again';
        return 'markRefundsDone';
      },
      again: (state) => {
        const stuck = state.order === 'PENDING_PAYMENT' && (state.silent || !has('pending orders are finished, then refunded'));
        return state.open || stuck ? 'WAIT' : 'closedWithoutRefundsDone';
      },
      markRefundsDone: (state) => {
        state.refundsDone = true;
        return 'END';
      },
    },
  };
  return {
    start: { listing: 'PUBLISHED', open: false, order: '', money: 'paid', refundsDone: false, silent: true, answer: '' },
    actors: [purchase, organizer, server, provider, reconciler, closer],
    deaths: 1,
    always: ({ refundsDone, order }) =>
      refundsDone && (order === 'CONFIRMED' || order === 'PENDING_PAYMENT')
        ? `All is said to be refunded, and an order is ${order}.`
        : null,
    atRest: ({ listing, order, refundsDone, money }) => {
      if (listing !== 'CANCELLED') return null;
      if (order === 'CONFIRMED' || order === 'PENDING_PAYMENT') return `The event is cancelled, and an order is ${order}.`;
      if (!refundsDone) return 'Nobody ever says that all is refunded.';
      return money === 'back' ? null : 'The money is kept.';
    },
  };
}

describeModel({
  name: 'cancelling an event',
  rules: RULES,
  model,
  code: {
    'usecases/refund-closed-events.ts': [
      'closedWithoutRefundsDone',
      'finishOrder',
      'settleRefund',
      'hasUnfinishedOfEvent',
      'markRefundsDone',
    ],
    'usecases/reconcile.ts': ['giveBackUnbound'],
    'repositories/sale-ledger.ts': ['claimSeats', 'isOnSale', 'confirmOrder'],
  },
});
