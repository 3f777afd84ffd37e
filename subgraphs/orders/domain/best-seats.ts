import type { SeatStatus } from './seat-map.ts';
import type { PlanSeat, SeatingPlan } from './seating-plan.ts';

export type SeatsWish = {
  readonly quantity: number;
  /** Of these, so many for wheelchairs, with companions beside them. */
  readonly accessible: number;
  readonly section: string | null;
  /** Per seat, in the currency's smallest unit. */
  readonly maxPrice: number | null;
};

/** Seats side by side, all free, with where they stand: what is chosen from. */
type Block = {
  readonly seats: readonly PlanSeat[];
  readonly cost: number;
  readonly leavesOneAlone: boolean;
  /** Seats beside a wheelchair that are not meant for companions. */
  readonly unsuited: number;
};
/** A maximal run of free seats of one row. `from` is its first seat's place in the row. */
type Run = { readonly seats: readonly PlanSeat[]; readonly from: number; readonly rowLength: number; readonly depth: number };

/** Metres, as theatres are built: how much a row further back weighs against a seat further to the side. */
const ROW_PITCH = 0.9;
const SEAT_WIDTH = 0.55;

/** Rows count as they are listed: the first row of the first section is the front. */
function freeRuns(plan: SeatingPlan, statuses: ReadonlyMap<string, SeatStatus>, wish: SeatsWish): Run[] {
  const runs: Run[] = [];
  const seats = plan.seats.values();
  let depth = 0;
  for (const section of plan.sections) {
    const wanted =
      (wish.section === null || section.name === wish.section) && (wish.maxPrice === null || section.price.amount <= wish.maxPrice);
    for (const row of section.rows) {
      let run: PlanSeat[] = [];
      const close = (end: number): void => {
        if (run.length > 0) runs.push({ seats: run, from: end - run.length, rowLength: row.seatCount, depth });
        run = [];
      };
      for (let place = 0; place < row.seatCount; place += 1) {
        const seat: PlanSeat | undefined = seats.next().value;
        if (seat && wanted && statuses.get(seat.seatId) === 'AVAILABLE') run.push(seat);
        else close(place);
      }
      close(row.seatCount);
      depth += 1;
    }
  }
  return runs;
}

const isFor = (seat: PlanSeat, feature: 'ACCESSIBLE' | 'COMPANION'): boolean => seat.features.includes(feature);

/** Whether these seats serve the wish: as many accessible ones as asked for, and none of those kept for others. */
function serves(seats: readonly PlanSeat[], accessible: number): boolean {
  const found = seats.filter((seat) => isFor(seat, 'ACCESSIBLE')).length;
  if (accessible === 0) return found === 0 && !seats.some((seat) => isFor(seat, 'COMPANION'));
  return found === accessible;
}

function blocksOf(run: Run, size: number, accessible: number): Block[] {
  const blocks: Block[] = [];
  const centre = (run.rowLength - 1) / 2;
  for (let start = 0; start + size <= run.seats.length; start += 1) {
    const seats = run.seats.slice(start, start + size);
    if (!serves(seats, accessible)) continue;
    const offset = Math.abs(run.from + start + (size - 1) / 2 - centre);
    const [left, right] = [start, run.seats.length - start - size];
    blocks.push({
      seats,
      cost: Math.hypot(run.depth * ROW_PITCH, offset * SEAT_WIDTH),
      leavesOneAlone: left === 1 || right === 1,
      unsuited: accessible === 0 ? 0 : seats.filter((seat) => !isFor(seat, 'ACCESSIBLE') && !isFor(seat, 'COMPANION')).length,
    });
  }
  return blocks;
}

const better = (a: Block, b: Block): number =>
  a.unsuited - b.unsuited || Number(a.leavesOneAlone) - Number(b.leavesOneAlone) || a.cost - b.cost;

/** The best first. Kept in order while looking, never sorted: of a stadium's blocks a handful is wanted. */
function bestBlocks(runs: readonly Run[], size: number, accessible: number, most: number): Block[] {
  const best: Block[] = [];
  for (const run of runs) {
    for (const block of blocksOf(run, size, accessible)) {
      const worst = best.at(-1);
      if (worst && best.length >= most && better(block, worst) >= 0) continue;
      const at = best.findIndex((other) => better(block, other) < 0);
      best.splice(at < 0 ? best.length : at, 0, block);
      if (best.length > most) best.pop();
    }
  }
  return best;
}

/** What is left of the runs when these seats are taken. */
function without(runs: readonly Run[], taken: ReadonlySet<string>): Run[] {
  const rest: Run[] = [];
  for (const run of runs) {
    let seats: PlanSeat[] = [];
    run.seats.forEach((seat, index) => {
      if (!taken.has(seat.seatId)) seats.push(seat);
      else {
        if (seats.length > 0) rest.push({ ...run, seats, from: run.from + index - seats.length });
        seats = [];
      }
    });
    if (seats.length > 0) rest.push({ ...run, seats, from: run.from + run.seats.length - seats.length });
  }
  return rest;
}

/** The next piece of a choice that is split: the largest that can be had. Whoever needs an accessible seat shares companions evenly with the others. */
function nextPiece(runs: readonly Run[], quantity: number, accessible: number): Block | undefined {
  const sizesFor = (wheels: number): number => (wheels === accessible ? quantity : Math.floor((quantity * wheels) / accessible));
  for (let wheels = accessible; wheels >= 1; wheels -= 1) {
    const [best] = bestBlocks(runs, sizesFor(wheels), wheels, 1);
    if (best) return best;
  }
  // Nobody's companions fit beside: then as many as do.
  for (let wheels = accessible; wheels >= (accessible > 0 ? 1 : 0); wheels -= 1) {
    for (let size = sizesFor(wheels); size >= Math.max(wheels, 1); size -= 1) {
      const [best] = bestBlocks(runs, size, wheels, 1);
      if (best) return best;
    }
  }
  return undefined;
}

function inPieces(runs: readonly Run[], wish: SeatsWish): readonly PlanSeat[] | null {
  const chosen: PlanSeat[] = [];
  let left = runs;
  let { quantity, accessible } = wish;
  while (quantity > 0) {
    const piece = nextPiece(left, quantity, accessible);
    if (!piece) return null;
    chosen.push(...piece.seats);
    quantity -= piece.seats.length;
    accessible -= piece.seats.filter((seat) => isFor(seat, 'ACCESSIBLE')).length;
    left = without(left, new Set(piece.seats.map((seat) => seat.seatId)));
  }
  return chosen;
}

/**
 * The best seats together: of one row, side by side, leaving no single seat alone if that can be, nearest the front centre; over several rows only if
 * nothing adjacent is left. Null when there are not enough. `rank` 0 is the best; a later one is the next best, for whoever was too late for the others.
 */
export function pickBestSeats(
  plan: SeatingPlan,
  statuses: ReadonlyMap<string, SeatStatus>,
  wish: SeatsWish,
  rank = 0,
): readonly PlanSeat[] | null {
  const runs = freeRuns(plan, statuses, wish);
  const blocks = bestBlocks(runs, wish.quantity, wish.accessible, rank + 1);
  const best = blocks[Math.min(rank, blocks.length - 1)];
  return best ? best.seats : inPieces(runs, wish);
}
