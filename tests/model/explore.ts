/**
 * Walks a model over every interleaving of its actors, with a crash after any step. A step is atomic: one script, one transaction, one question to the
 * provider; whatever the code does between two of them is where others come in. Nothing of it runs at random: a model that passes has been walked whole.
 */

/** Where an actor goes next: a step of its own, to its end, or nowhere until something else has changed (then nothing it did counts). */
export type Next<Step extends string> = Step | 'END' | 'WAIT';

export type Actor<State, Local, Step extends string = string> = {
  readonly name: string;
  readonly first: Step;
  /** What it knows by itself, and loses when it dies. */
  readonly local: Local;
  readonly steps: Readonly<Record<Step, (state: State, local: Local) => Next<Step>>>;
  /** Dies after any of its steps; those who make good what others left are started again instead. */
  readonly mayDie: boolean;
};

// oxlint-disable-next-line typescript/no-explicit-any -- actors of one model know different things
type AnyActor<State> = Actor<State, any, any>;

export type Model<State> = {
  readonly start: State;
  readonly actors: readonly AnyActor<State>[];
  /** Makes states equal that only differ in what nobody can tell, e.g. in how large a revision is. */
  readonly normalize?: (state: State, locals: readonly unknown[]) => void;
  /** How many may die in one walk. */
  readonly deaths: number;
  /** What must hold after every step; null when it does. */
  readonly always: (state: State) => string | null;
  /** What must hold when nobody can go on. */
  readonly atRest: (state: State, died: readonly string[]) => string | null;
};

export type Walk = { readonly states: number; readonly violation: { readonly what: string; readonly trace: readonly string[] } | null };

type Place = { at: string; local: unknown };
type Node<State> = { state: State; places: Place[]; died: string[] };

const STATES_MAX = 2_000_000;

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

export function explore<State>(model: Model<State>): Walk {
  const start: Node<State> = {
    state: copy(model.start),
    places: model.actors.map((actor) => ({ at: actor.first as string, local: copy(actor.local) as unknown })),
    died: [],
  };
  const seen = new Map<string, { from: string; step: string } | null>();
  const keyOf = (node: Node<State>): string => {
    model.normalize?.(
      node.state,
      node.places.map((place) => place.local),
    );
    node.died.sort();
    return JSON.stringify(node);
  };
  const first = keyOf(start);
  seen.set(first, null);
  const left = [first];

  function traceTo(key: string): string[] {
    const trace: string[] = [];
    for (let at = seen.get(key); at; at = seen.get(at.from)) trace.unshift(at.step);
    return trace;
  }
  const violation = (what: string, key: string): Walk => ({ states: seen.size, violation: { what, trace: traceTo(key) } });

  function visit(node: Node<State>, from: string, step: string): string | null {
    const key = keyOf(node);
    if (seen.has(key)) return null;
    if (seen.size >= STATES_MAX) throw new Error(`More than ${STATES_MAX} states: make the model smaller.`);
    seen.set(key, { from, step });
    left.push(key);
    return model.always(node.state) === null ? null : key;
  }

  for (let key = left.pop(); key !== undefined; key = left.pop()) {
    const node = JSON.parse(key) as Node<State>;
    let moved = false;
    for (const [index, actor] of model.actors.entries()) {
      const place = node.places[index];
      if (!place || place.at === 'END' || place.at === 'DEAD') continue;
      const next = JSON.parse(key) as Node<State>;
      const nextPlace = next.places[index];
      const step = actor.steps[place.at] as ((state: State, local: unknown) => string) | undefined;
      if (!nextPlace || !step) throw new Error(`${actor.name} has no step ${place.at}.`);
      const to = step(next.state, nextPlace.local);
      if (to === 'WAIT') continue;
      moved = true;
      nextPlace.at = to;
      if (to === 'END') nextPlace.local = null;
      const name = `${actor.name}: ${place.at}`;
      const broken = visit(next, key, name);
      if (broken) return violation(model.always(next.state) ?? '', broken);
      if (actor.mayDie && to !== 'END' && node.died.length < model.deaths) {
        const dead = copy(next);
        dead.places[index] = { at: 'DEAD', local: null };
        dead.died.push(actor.name);
        visit(dead, key, `${name}, and dies`);
      }
    }
    if (moved) continue;
    const what = model.atRest(node.state, node.died);
    if (what !== null) return violation(what, key);
  }
  return { states: seen.size, violation: null };
}
