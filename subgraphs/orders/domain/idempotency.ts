import { derivedId } from '../../../kit/values/ids.ts';
import type { SeatConflict } from './outcomes.ts';

/** What a repeated request is answered with; enough to say it again in the same words. */
export type StoredAnswer =
  | { readonly kind: 'PurchasePayload'; readonly orderId: string }
  | { readonly kind: 'PaymentDeclined'; readonly reason: string }
  | { readonly kind: 'SeatsUnavailable'; readonly conflicts: readonly SeatConflict[] };

/** Equal keys of two users, or of two operations, have nothing to do with each other. */
export const recordIdOf = (userId: string, operation: string, key: string): string => derivedId('idem', userId, operation, key);
