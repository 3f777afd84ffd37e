import { describe, expect, test } from 'vitest';
import { pickBestSeats } from './best-seats.ts';
import type { SeatStatus } from './seat-map.ts';
import type { SectionLayout } from './seating-plan.ts';
import { createSeatingPlan } from './seating-plan.ts';

const section = (name: string, rows: [string, number][], rest: Partial<SectionLayout> & { amount?: number } = {}): SectionLayout => ({
  name,
  price: { amount: rest.amount ?? 2_500, currency: 'EUR' },
  rows: rows.map(([label, seatCount]) => ({ label, seatCount, firstNumber: 1 })),
  features: rest.features ?? {},
  blockedSeats: rest.blockedSeats ?? [],
});

function pick(
  layouts: SectionLayout[],
  wish: { quantity: number; accessible?: number; section?: string; maxPrice?: number },
  taken: string[] = [],
) {
  const plan = createSeatingPlan(1, 'EUR', layouts);
  const statuses = new Map<string, SeatStatus>(
    [...plan.seats.keys()].map((seatId) => [seatId, taken.includes(seatId) ? 'RESERVED' : 'AVAILABLE']),
  );
  const full = { accessible: 0, section: null, maxPrice: null, ...wish };
  return pickBestSeats(plan, statuses, full)?.map((seat) => seat.seatId) ?? null;
}

const hall = [
  section('', [
    ['A', 10],
    ['B', 10],
    ['C', 10],
  ]),
];

describe('best seats', () => {
  test('are in the middle of the front row', () => {
    expect(pick(hall, { quantity: 2 })).toEqual(['A-5', 'A-6']);
    expect(pick(hall, { quantity: 4 })).toEqual(['A-4', 'A-5', 'A-6', 'A-7']);
  });

  test('are further back and central rather than at the far end of the front', () => {
    expect(pick(hall, { quantity: 2 }, ['A-3', 'A-4', 'A-5', 'A-6', 'A-7', 'A-8'])).toEqual(['B-5', 'B-6']);
  });

  test('leave no single seat alone as long as that can be', () => {
    // Of three free seats a pair would leave one that nobody wants alone.
    const taken = ['A-1', 'A-2', 'A-3', 'A-7', 'A-8', 'A-9', 'A-10'];
    expect(pick(hall, { quantity: 2 }, taken)).toEqual(['B-5', 'B-6']);
    expect(pick([section('', [['A', 10]])], { quantity: 2 }, taken)).toHaveLength(2);
  });

  test('stay side by side while any row has room, and are split only then, into as few pieces as can be', () => {
    const narrow = [
      section('', [
        ['A', 3],
        ['B', 2],
        ['C', 4],
      ]),
    ];
    expect(pick(narrow, { quantity: 4 })).toEqual(['C-1', 'C-2', 'C-3', 'C-4']);
    const five = pick(narrow, { quantity: 5 });
    expect(five).toHaveLength(5);
    expect(five).toEqual(expect.arrayContaining(['C-1', 'C-2', 'C-3', 'C-4']));
    expect(pick(narrow, { quantity: 9 })).toHaveLength(9);
    expect(pick(narrow, { quantity: 10 })).toBeNull();
  });

  test('keep to the section and the price that were asked for', () => {
    const house = [section('Stalls', [['A', 4]], { amount: 5_000 }), section('Balcony', [['A', 4]], { amount: 2_000 })];
    expect(pick(house, { quantity: 2 })?.[0]).toMatch(/^Stalls/);
    expect(pick(house, { quantity: 2, section: 'Balcony' })).toEqual(['Balcony-A-1', 'Balcony-A-2']);
    expect(pick(house, { quantity: 2, maxPrice: 2_000 })?.[0]).toMatch(/^Balcony/);
    expect(pick(house, { quantity: 2, maxPrice: 1_999 })).toBeNull();
    expect(pick(house, { quantity: 2, section: 'Boxes' })).toBeNull();
  });

  test('never are accessible or companion seats unless those were asked for', () => {
    const row = [section('', [['A', 4]], { features: { ACCESSIBLE: ['A-2'], COMPANION: ['A-3'] } })];
    expect(pick(row, { quantity: 1 })).toEqual(['A-1']);
    expect(pick(row, { quantity: 3 })).toBeNull();
    expect(pick(row, { quantity: 2, accessible: 1 })).toEqual(['A-2', 'A-3']);
  });

  test('for two wheelchairs are two accessible seats, each with a companion beside it where they do not stand together', () => {
    const rows = [
      section(
        '',
        [
          ['A', 6],
          ['B', 6],
        ],
        { features: { ACCESSIBLE: ['A-1', 'B-6'], COMPANION: ['A-2', 'B-5'] } },
      ),
    ];
    expect(pick(rows, { quantity: 4, accessible: 2 })?.toSorted()).toEqual(['A-1', 'A-2', 'B-5', 'B-6']);
    expect(pick(rows, { quantity: 3, accessible: 3 })).toBeNull();
  });
});
