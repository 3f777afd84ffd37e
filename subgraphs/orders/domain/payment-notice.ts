/** The provider says that something has happened to a payment or a refund. It decides nothing: it is a reason to ask. */
export type PaymentNotice = {
  readonly id: string;
  /** Our ids; null: not about an intent (or a refund) of ours. */
  readonly intentId: string | null;
  readonly refundId: string | null;
};
