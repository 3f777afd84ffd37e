import type { Actor, Model } from './explore.ts';
import { describeModel } from './rules.ts';

/** One seat: a hold that is due, its sale, the sale's refund, whoever shows what others left unshown; and, walked by itself, a map that is begun anew in between. */
type State = {
  claim: '' | 'PENDING' | 'SOLD';
  key: '' | 'first' | 'second';
  /** Revision 0: never shown since the map has begun. */
  shown: { status: string; revision: number };
  begun: number;
  /** Committed changes that nobody has shown yet, in the order of their commits. */
  rows: ('placed' | 'sold' | 'refunded')[];
};
type Facts = { begun: number; revision: number; claim: State['claim'] };

const RULES = [
  'revisions are compared',
  'a revision grows even where the status is the same',
  'claims are read after the revisions',
  'no script publishes a constant',
  'rows that are not shown are shown by others',
] as const;
type Rule = (typeof RULES)[number];

const ANEW_RULES = ['revisions are compared', 'and belong to the same beginning of the map'] as const;
type AnewRule = (typeof ANEW_RULES)[number];

const truth = ({ claim, key }: Pick<State, 'claim' | 'key'>): string => {
  if (claim === 'SOLD') return 'RESERVED';
  return claim === 'PENDING' || key !== '' ? 'HELD' : 'AVAILABLE';
};

function modelOf(has: (rule: Rule | AnewRule) => boolean, isBegunAnew: boolean): Model<State> {
  const facts = (): Facts => ({ begun: -1, revision: -1, claim: '' });

  /** `publishing`: revisions, then claims, then one script; overtaken, it begins anew. Answers false when it was. */
  function script(state: State, local: Facts, change: () => void, constant: string): boolean {
    if (has('revisions are compared') && state.shown.revision !== local.revision) return false;
    if (has('and belong to the same beginning of the map') && state.begun !== local.begun) return false;
    change();
    const status = has('no script publishes a constant') ? truth({ claim: local.claim, key: state.key }) : constant;
    const grows = has('a revision grows even where the status is the same') || status !== state.shown.status;
    state.shown = { status, revision: state.shown.revision + (grows ? 1 : 0) };
    return true;
  }
  const readRevisions = (state: State, local: Facts): void =>
    void Object.assign(local, { begun: state.begun, revision: state.shown.revision });
  const readClaims = (state: State, local: Facts): void => void (local.claim = state.claim);
  const [early, late] = has('claims are read after the revisions') ? [readRevisions, readClaims] : [readClaims, readRevisions];

  const sale: Actor<State, Facts> = {
    name: 'sale',
    first: 'claimSeats',
    local: facts(),
    mayDie: true,
    steps: {
      claimSeats: (state) => {
        state.claim = 'PENDING';
        state.rows.push('placed');
        return 'confirmOrder';
      },
      confirmOrder: (state) => {
        state.claim = 'SOLD';
        state.rows.push('sold');
        return 'readRevisions';
      },
      readRevisions: (state, local) => (early(state, local), 'readClaims'),
      readClaims: (state, local) => (late(state, local), 'publishScript'),
      publishScript: (state, local) => {
        const consumed = (): void => void (state.key = state.key === 'first' ? '' : state.key);
        return script(state, local, consumed, 'RESERVED') ? 'markShown' : 'readRevisions';
      },
      markShown: (state) => {
        state.rows = state.rows.filter((row) => row === 'refunded');
        return 'END';
      },
    },
  };
  const refund: Actor<State, Facts> = {
    name: 'refund',
    first: 'settleTicketRefund',
    local: facts(),
    mayDie: true,
    steps: {
      settleTicketRefund: (state) => {
        if (state.claim !== 'SOLD') return 'WAIT';
        state.claim = '';
        state.rows.push('refunded');
        return 'readRevisions';
      },
      readRevisions: (state, local) => (early(state, local), 'readClaims'),
      readClaims: (state, local) => (late(state, local), 'publishScript'),
      publishScript: (state, local) => (script(state, local, () => undefined, 'AVAILABLE') ? 'markShown' : 'readRevisions'),
      markShown: (state) => {
        state.rows = [];
        return 'END';
      },
    },
  };
  const sweep: Actor<State, Facts> = {
    name: 'sweep',
    first: 'readRevisions',
    local: facts(),
    mayDie: true,
    steps: {
      readRevisions: (state, local) => (early(state, local), 'readClaims'),
      readClaims: (state, local) => (late(state, local), 'sweepScript'),
      sweepScript: (state, local) => {
        const ended = (): void => void (state.key = state.key === 'first' ? '' : state.key);
        return script(state, local, ended, 'AVAILABLE') ? 'END' : 'readRevisions';
      },
    },
  };
  const overdue: Actor<State, Facts & { row: string }> = {
    name: 'overdue',
    first: 'since',
    local: { ...facts(), row: '' },
    mayDie: false,
    steps: {
      since: (state, local) => {
        const [row] = state.rows;
        if (row === undefined || !has('rows that are not shown are shown by others')) return 'WAIT';
        local.row = row;
        return 'readRevisions';
      },
      readRevisions: (state, local) => (early(state, local), 'readClaims'),
      readClaims: (state, local) => (late(state, local), 'publishScript'),
      publishScript: (state, local) => {
        const consumed = (): void => void (local.row === 'sold' && state.key === 'first' && (state.key = ''));
        const constant = { placed: 'HELD', sold: 'RESERVED', refunded: 'AVAILABLE' }[local.row] ?? '';
        return script(state, local, consumed, constant) ? 'markShown' : 'readRevisions';
      },
      markShown: (state, local) => {
        const at = state.rows.findIndex((row) => row === local.row);
        if (at >= 0) state.rows.splice(at, 1);
        Object.assign(local, facts(), { row: '' });
        return 'since';
      },
    },
  };

  const reset: Actor<State, Record<string, never>> = {
    name: 'reset',
    first: 'resetScript',
    local: {},
    mayDie: false,
    steps: {
      // Every feed that meets it sends a snapshot of what is true.
      resetScript: (state) => {
        state.shown = { status: truth(state), revision: 0 };
        state.begun += 1;
        return 'END';
      },
    },
  };

  return {
    start: { claim: '', key: 'first', shown: { status: 'HELD', revision: 0 }, begun: 0, rows: [] },
    actors: isBegunAnew ? [sale, sweep, reset] : [sale, refund, sweep, overdue],
    deaths: isBegunAnew ? 0 : 1,
    normalize: (state, locals) => {
      for (const local of locals as (Partial<Facts> | null)[])
        if (local?.revision) local.revision = local.revision === state.shown.revision ? 1 : -1;
      state.shown.revision = Math.min(state.shown.revision, 1);
    },
    always: () => null,
    atRest: (state) => (state.shown.status === truth(state) ? null : `The map shows ${state.shown.status}; the seat is ${truth(state)}.`),
  };
}

describeModel({
  name: 'publishing',
  rules: RULES,
  model: (has) => modelOf((rule) => rule === 'and belong to the same beginning of the map' || has(rule), false),
  code: {
    'repositories/seat-publisher.ts': ['readRevisions', 'publishing', 'MOVED'],
    'repositories/seat-map-scripts.ts': ['publishScript'],
    'repositories/hold-scripts.ts': ['sweepScript'],
    'repositories/unshown-repository.ts': ['markShown', 'since'],
    'usecases/show-changes.ts': ['overdue'],
    'repositories/sale-ledger.ts': ['claimSeats', 'confirmOrder', 'settleTicketRefund'],
  },
});

describeModel({
  name: 'publishing on a map that is begun anew',
  rules: ANEW_RULES,
  model: (has) => modelOf((rule) => !ANEW_RULES.some((one) => one === rule) || has(rule as AnewRule), true),
  code: { 'repositories/seat-map-scripts.ts': ['publishScript', 'resetScript'], 'repositories/seat-script.ts': ['moved', '#begun'] },
});
