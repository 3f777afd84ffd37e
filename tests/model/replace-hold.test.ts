import type { Actor, Model } from './explore.ts';
import { describeModel } from './rules.ts';

/**
 * A hold on seats 1 and 2 is replaced by one on seats 2 and 3, while its owner's other window pays for the old one, somebody else holds seat 1 the moment it is
 * free, and a sale commits on seat 3 (its buyer's keys were flushed, so Redis knows nothing of it).
 */
type Key = '' | 'old' | 'new' | 'other';
type State = {
  keys: [one: Key, two: Key, three: Key];
  soldThree: boolean;
  intent: 'REQUIRES_CONFIRMATION' | 'PROCESSING' | 'SUCCEEDED' | 'CANCELLED';
  /** Whether that sale was there before the script ran: Redis did not know, and a second look does. */
  soldBefore: boolean;
  /** Whoever pays gets more time. */
  extended: boolean;
  /** The old hold's life is over. */
  expired: boolean;
  /** Refuses release and replacement while it lives. */
  mark: boolean;
  answers: { replace: '' | 'placed' | 'refused'; pay: '' | 'paid' | 'refused'; other: '' | 'placed' | 'refused' };
};

const RULES = [
  'the claims are looked at again after the script',
  'seats that are left out are kept until then',
  'a key is deleted only where it is still the hold’s',
  'the old payment is cancelled first, by compare-and-set',
] as const;
type Rule = (typeof RULES)[number];

function model(has: (rule: Rule) => boolean): Model<State> {
  const freeIf = (state: State, at: 0 | 1 | 2, owner: Key): void => {
    if (!has('a key is deleted only where it is still the hold’s') || state.keys[at] === owner) state.keys[at] = '';
  };

  const replace: Actor<State, Record<string, never>> = {
    name: 'replace',
    first: 'cancelPayment',
    local: {},
    mayDie: false,
    steps: {
      cancelPayment: (state) => {
        if (!has('the old payment is cancelled first, by compare-and-set')) return 'readClaims';
        if (state.intent === 'REQUIRES_CONFIRMATION') {
          state.intent = 'CANCELLED';
          return 'readClaims';
        }
        state.answers.replace = 'refused';
        return 'END';
      },
      readClaims: (state) => {
        if (!state.soldThree) return 'holdScript';
        state.answers.replace = 'refused';
        return 'END';
      },
      holdScript: (state) => {
        const { keys } = state;
        if (state.mark || (keys[1] !== '' && keys[1] !== 'old') || (keys[2] !== '' && keys[2] !== 'old')) {
          state.answers.replace = 'refused';
          return 'END';
        }
        state.soldBefore = state.soldThree;
        keys[1] = 'new';
        keys[2] = 'new';
        if (!has('seats that are left out are kept until then')) freeIf(state, 0, 'old');
        return has('the claims are looked at again after the script') ? 'secondLook' : 'releaseOld';
      },
      secondLook: (state) => (state.soldThree ? 'undo' : 'releaseOld'),
      undo: (state) => {
        if (state.keys[1] === 'new') state.keys[1] = state.expired ? '' : 'old';
        if (state.keys[2] === 'new') state.keys[2] = '';
        state.answers.replace = 'refused';
        return 'END';
      },
      releaseOld: (state) => {
        freeIf(state, 0, 'old');
        state.answers.replace = 'placed';
        return 'END';
      },
    },
  };
  const pay: Actor<State, Record<string, never>> = {
    name: 'pay',
    first: 'extendScript',
    local: {},
    mayDie: false,
    steps: {
      extendScript: (state) => {
        if (state.keys[0] !== 'old' || state.keys[1] !== 'old') {
          state.answers.pay = 'refused';
          return 'END';
        }
        state.mark = true;
        state.extended = true;
        return 'change';
      },
      change: (state) => {
        if (state.intent !== 'REQUIRES_CONFIRMATION') {
          state.answers.pay = 'refused';
          return 'END';
        }
        state.intent = 'PROCESSING';
        return 'confirm';
      },
      confirm: (state) => {
        state.intent = 'SUCCEEDED';
        state.answers.pay = 'paid';
        return 'END';
      },
    },
  };
  const time: Actor<State, Record<string, never>> = {
    name: 'time',
    first: 'markRunsOut',
    local: {},
    mayDie: false,
    steps: {
      markRunsOut: (state) => {
        state.mark = false;
        return 'keysRunOut';
      },
      keysRunOut: (state) => {
        if (state.extended) return 'WAIT';
        state.expired = true;
        for (const at of [0, 1, 2] as const) if (state.keys[at] === 'old') state.keys[at] = '';
        return 'END';
      },
    },
  };
  const other: Actor<State, Record<string, never>> = {
    name: 'other buyer',
    first: 'holdScript',
    local: {},
    mayDie: false,
    steps: {
      holdScript: (state) => {
        if (state.keys[0] !== '') return 'WAIT';
        state.keys[0] = 'other';
        state.answers.other = 'placed';
        return 'END';
      },
    },
  };
  const sale: Actor<State, Record<string, never>> = {
    name: 'sale of seat 3',
    first: 'claimSeats',
    local: {},
    mayDie: false,
    steps: {
      claimSeats: (state) => {
        state.soldThree = true;
        return 'END';
      },
    },
  };

  return {
    start: {
      keys: ['old', 'old', ''],
      soldThree: false,
      soldBefore: false,
      extended: false,
      expired: false,
      intent: 'REQUIRES_CONFIRMATION',
      mark: false,
      answers: { replace: '', pay: '', other: '' },
    },
    actors: [replace, pay, time, other, sale],
    deaths: 0,
    always: () => null,
    atRest: ({ keys, answers, intent, soldBefore, expired }) => {
      if (answers.other === 'placed' && keys[0] !== 'other') return "Another buyer's hold was deleted.";
      if (intent === 'SUCCEEDED' && (keys[0] !== 'old' || keys[1] !== 'old')) return 'The old hold is paid for, and its seats are gone.';
      if (answers.replace === 'placed' && soldBefore) return 'A sold seat is held.';
      if (!expired && answers.replace === 'refused' && (keys[0] !== 'old' || keys[1] !== 'old'))
        return 'The replacement was refused, and the old hold is not whole.';
      if (answers.replace === 'refused' && keys[2] === 'new') return 'A refused hold left a key.';
      if (answers.replace === 'placed' && (keys[1] !== 'new' || keys[2] !== 'new')) return 'The new hold is not whole.';
      return null;
    },
  };
}

describeModel({
  name: 'replacing a hold',
  rules: RULES,
  model,
  code: {
    'usecases/place-seats.ts': ['second look', 'undo'],
    'usecases/hold-seats.ts': ['cancelPayment'],
    'usecases/confirm-payment.ts': ['holds.extend', 'intents.change', 'provider.confirm'],
    'repositories/hold-scripts.ts': ['holdScript', 'extendScript', 'releaseScript'],
    'repositories/sale-ledger.ts': ['claimSeats'],
  },
});
