import type { Actor, Model } from './explore.ts';
import { describeModel } from './rules.ts';

/**
 * Ann buys a seat with manual capture and asks twice with one key; Bob buys the same seat (a flush of Redis had freed it under her hold); the reconciler works beside
 * them at any moment, and any of the requests may die behind any of its steps.
 */
type Who = 'ann' | 'bob';
type Purchase = {
  order: '' | 'PENDING_PAYMENT' | 'CONFIRMED' | 'EXPIRED';
  intent: 'REQUIRES_CAPTURE' | 'SUCCEEDED' | 'REFUND_PENDING' | 'REFUNDED' | 'CANCELLED';
  bound: boolean;
  version: number;
  provider: 'REQUIRES_CAPTURE' | 'SUCCEEDED' | 'CANCELLED' | 'REFUNDED';
  tickets: number;
};
type State = { ann: Purchase; bob: Purchase; claims: Who[]; answers: { first: string; second: string } };

const RULES = [
  'a seat has one claim',
  'the order of the key is looked for first',
  'claims, order and payment are bound in one transaction',
  'the intent’s version decides who writes the sale',
  'the reconciler finishes pending orders',
  'money without seats goes back',
  'the refund is on record before the provider is asked',
] as const;
type Rule = (typeof RULES)[number];

function request(
  name: string,
  who: Who,
  answer: keyof State['answers'] | null,
  has: (rule: Rule) => boolean,
): Actor<State, { version: number }> {
  const reply = (state: State, text: string): 'END' => {
    if (answer) state.answers[answer] = text;
    return 'END';
  };
  return {
    name,
    first: 'earlierOrder',
    local: { version: -1 },
    mayDie: true,
    steps: {
      earlierOrder: (state) => {
        const { order } = state[who];
        if (!has('the order of the key is looked for first')) return 'secureHold';
        if (order === 'CONFIRMED') return reply(state, 'order');
        if (order === 'EXPIRED') return reply(state, 'expired');
        return order === 'PENDING_PAYMENT' ? 'capture' : 'secureHold';
      },
      secureHold: (state, local) => {
        const { intent, bound, version } = state[who];
        if (intent !== 'REQUIRES_CAPTURE' || bound)
          return state[who].order === '' || !has('the order of the key is looked for first') ? reply(state, 'refused') : 'earlierOrder';
        local.version = version;
        return 'claimSeats';
      },
      claimSeats: (state, local) => {
        const mine = state[who];
        const taken = has('a seat has one claim') ? state.claims.length > 0 : state.claims.includes(who);
        const moved = mine.bound || mine.version !== local.version;
        if (taken || moved || mine.order !== '') return 'overtaken';
        state.claims.push(who);
        mine.order = 'PENDING_PAYMENT';
        if (!has('claims, order and payment are bound in one transaction')) return 'bind';
        mine.bound = true;
        mine.version += 1;
        return 'capture';
      },
      bind: (state) => {
        state[who].bound = true;
        state[who].version += 1;
        return 'capture';
      },
      overtaken: (state, local) => {
        const mine = state[who];
        if (mine.order !== '') return 'earlierOrder';
        if (!has('money without seats goes back')) return reply(state, 'refused');
        // Transaction A″; a miss: somebody else has decided.
        if (mine.bound || mine.version !== local.version || mine.intent !== 'REQUIRES_CAPTURE') return 'earlierOrder';
        mine.intent = 'REFUND_PENDING';
        mine.version += 1;
        return reply(state, 'refused');
      },
      capture: (state) => {
        const mine = state[who];
        if (mine.provider === 'REQUIRES_CAPTURE') mine.provider = 'SUCCEEDED';
        return 'readIntent';
      },
      readIntent: (state, local) => {
        local.version = state[who].version;
        return 'confirmOrder';
      },
      confirmOrder: (state, local) => {
        const mine = state[who];
        if (mine.provider !== 'SUCCEEDED') return reply(state, 'unknown');
        const mayWrite = mine.order === 'PENDING_PAYMENT' && mine.version === local.version;
        if (mayWrite || !has('the intent’s version decides who writes the sale')) {
          sell(mine);
          return reply(state, 'order');
        }
        return mine.order === 'CONFIRMED' ? reply(state, 'order') : reply(state, 'unknown');
      },
    },
  };
}

function sell(mine: Purchase): void {
  mine.order = 'CONFIRMED';
  mine.intent = 'SUCCEEDED';
  mine.version += 1;
  mine.tickets += 1;
}

/** Rule 1: an order is pending; its payment decides. */
function finishPending(who: Who, has: (rule: Rule) => boolean): Actor<State, { version: number }> {
  return {
    name: `finishPending (${who})`,
    first: 'pendingSince',
    local: { version: -1 },
    mayDie: false,
    steps: {
      pendingSince: (state, local) => {
        if (state[who].order !== 'PENDING_PAYMENT' || !has('the reconciler finishes pending orders')) return 'WAIT';
        local.version = state[who].version;
        return 'capture';
      },
      capture: (state) => {
        if (state[who].provider === 'REQUIRES_CAPTURE') state[who].provider = 'SUCCEEDED';
        return 'confirmOrder';
      },
      confirmOrder: (state, local) => {
        const mine = state[who];
        if (mine.provider === 'SUCCEEDED') {
          if (
            mine.order === 'PENDING_PAYMENT' &&
            (mine.version === local.version || !has('the intent’s version decides who writes the sale'))
          )
            sell(mine);
          else if (!has('the intent’s version decides who writes the sale')) sell(mine);
        } else if (mine.order === 'PENDING_PAYMENT') {
          mine.order = 'EXPIRED';
          state.claims = state.claims.filter((owner) => owner !== who);
        }
        local.version = -1;
        return 'pendingSince';
      },
    },
  };
}

/** Rules 2 and 3: money on its way back, and money without an order, from the moment when the hold is over; that may be while a request still runs. */
function giveBack(who: Who, has: (rule: Rule) => boolean): Actor<State, { version: number }> {
  return {
    name: `giveBack (${who})`,
    first: 'look',
    local: { version: -1 },
    mayDie: false,
    steps: {
      look: (state, local) => {
        const { intent, bound, version } = state[who];
        local.version = version;
        if (intent === 'REFUND_PENDING') return 'giveBack';
        if (bound || intent !== 'REQUIRES_CAPTURE' || !has('money without seats goes back')) return 'WAIT';
        return has('the refund is on record before the provider is asked') ? 'startUnboundRefund' : 'giveBackAtOnce';
      },
      startUnboundRefund: (state, local) => {
        const mine = state[who];
        if (!mine.bound && mine.version === local.version) {
          mine.intent = 'REFUND_PENDING';
          mine.version += 1;
        }
        return 'look';
      },
      giveBackAtOnce: (state) => {
        const mine = state[who];
        mine.provider = mine.provider === 'SUCCEEDED' ? 'REFUNDED' : 'CANCELLED';
        return 'startUnboundRefund';
      },
      giveBack: (state) => {
        const mine = state[who];
        if (mine.provider === 'SUCCEEDED') mine.provider = 'REFUNDED';
        if (mine.provider === 'REQUIRES_CAPTURE') mine.provider = 'CANCELLED';
        mine.intent = mine.provider === 'REFUNDED' ? 'REFUNDED' : 'CANCELLED';
        mine.version += 1;
        return 'look';
      },
    },
  };
}

function model(has: (rule: Rule) => boolean): Model<State> {
  const fresh = (): Purchase => ({
    order: '',
    intent: 'REQUIRES_CAPTURE',
    bound: false,
    version: 1,
    provider: 'REQUIRES_CAPTURE',
    tickets: 0,
  });
  return {
    start: { ann: fresh(), bob: fresh(), claims: [], answers: { first: '', second: '' } },
    actors: [
      request('first request', 'ann', 'first', has),
      request('same key again', 'ann', 'second', has),
      request('other buyer', 'bob', null, has),
      finishPending('ann', has),
      giveBack('ann', has),
      finishPending('bob', has),
      giveBack('bob', has),
    ],
    deaths: 1,
    always: ({ ann, bob, claims }) => {
      if (ann.tickets + bob.tickets > 1) return 'The seat has two tickets.';
      return claims.length > 1 ? 'The seat has two claims.' : null;
    },
    atRest: ({ ann, bob, answers }) => {
      for (const one of [ann, bob]) {
        if (one.order === 'PENDING_PAYMENT') return 'An order is pending for ever.';
        if (one.order === 'CONFIRMED' && one.provider !== 'SUCCEEDED')
          return `An order is confirmed, and the provider says ${one.provider}.`;
        if (one.order !== 'CONFIRMED' && (one.provider === 'SUCCEEDED' || one.provider === 'REQUIRES_CAPTURE'))
          return `There is no order, and the provider says ${one.provider}.`;
      }
      if (ann.order === 'CONFIRMED' && (answers.first === 'refused' || answers.second === 'refused'))
        return 'One key, an order and a refusal.';
      return null;
    },
  };
}

describeModel({
  name: 'a purchase with its recovery',
  rules: RULES,
  model,
  code: {
    'usecases/purchase.ts': ['earlierOrder', 'secureHold', 'claimSeats'],
    'usecases/claim-seats.ts': ['overtaken', 'startUnboundRefund'],
    'usecases/finish-order.ts': ['provider.capture', 'confirmOrder'],
    'usecases/reconcile.ts': ['pendingSince', 'finishPending', 'startUnboundRefund'],
    'usecases/settle-refund.ts': ['giveBack'],
  },
});
