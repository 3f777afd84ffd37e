import type { Money } from '../../../kit/values/money.ts';

export type RefundStatus = 'PENDING' | 'SETTLED';

/** Money on its way back. `orderId` null: it was taken for a hold that never became an order. */
export type Refund = {
  readonly id: string;
  readonly paymentIntentId: string;
  readonly orderId: string | null;
  readonly amount: Money;
  readonly status: RefundStatus;
  readonly createdAt: Date;
  readonly attempts: number;
};
