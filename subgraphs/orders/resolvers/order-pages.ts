import { pageSchema } from '../../../kit/graphql/input-schemas.ts';
import { decodeCursor, encodeCursor } from '../../../kit/graphql/keyset-cursor.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import type { Order } from '../domain/order.ts';
import type { OrderPage, OrderPosition } from '../repositories/order-repository.ts';

const LIST = 'orders';

const cursorOf = (order: Order): string => encodeCursor(LIST, { key: order.placedAt.getTime(), id: order.id });

/** Relay arguments to a page of orders, newest first. */
export async function orderConnection(
  args: { first: number; after?: string | null | undefined },
  read: (first: number, after: OrderPosition | null) => Promise<OrderPage>,
) {
  const { first, after } = parseInput(pageSchema, args);
  const place = decodeCursor(LIST, after);
  const { orders, hasNextPage } = await read(first, place && { placedAt: new Date(place.key), id: place.id });
  const edges = orders.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: place !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
