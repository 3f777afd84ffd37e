/**
 * Where a purchase stands between two of its steps, as `docs/inventory.md` names them: C0 after P0 (the attempt is recorded), C1 after P1 (the hold is
 * secured), C2 after P2 (the seats are claimed, or the refund of who came second is begun), C3 after P3 (the provider has answered), C4 after P4 (the
 * end is committed), C5 after P5 (the map shows it).
 */
export const PURCHASE_POINTS = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;
export type PurchasePoint = (typeof PURCHASE_POINTS)[number];

/** Called at each point. Fault tests let the process die there; everyone else does nothing. */
export type ReachedPoint = (point: PurchasePoint) => void;
