import { z } from 'zod';
import { badUserInput } from '../../../kit/graphql/errors.ts';
import { pageSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { ID_PATTERN } from '../../../kit/values/ids.ts';
import type { Order } from '../domain/order.ts';
import type { OrderPage, OrderPosition } from '../repositories/order-repository.ts';

const positionSchema = z.tuple([z.int(), z.string().regex(ID_PATTERN)]);

const cursorOf = (order: Order): string => Buffer.from(JSON.stringify([order.placedAt.getTime(), order.id])).toString('base64url');

function positionOf(cursor: string): OrderPosition {
  try {
    const [placedAt, id] = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { placedAt: new Date(placedAt), id };
  } catch {
    throw badUserInput([{ path: ['after'], message: 'is not a cursor of this list' }]);
  }
}

/** Relay arguments to a page of orders, newest first. */
export async function orderConnection(
  args: { first: number; after?: string | null | undefined },
  read: (first: number, after: OrderPosition | null) => Promise<OrderPage>,
) {
  const { first, after } = parseInput(pageSchema, args);
  const position = after == null ? null : positionOf(after);
  const { orders, hasNextPage } = await read(first, position);
  const edges = orders.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: position !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
