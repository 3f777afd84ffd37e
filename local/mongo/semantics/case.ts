import type { Document } from 'mongodb';

/*
 * Cases with the answers that MongoDB's manual documents, run through the driver: what goes in, what is asked, what comes
 * out. Results of a query are the `_id`s that match, in the order of `_id`.
 */
export type QueryCase = readonly [what: string, docs: readonly Document[], filter: Document, ids: readonly unknown[]];
/** `after` without its `_id`, or the code of the refusal. */
export type UpdateCase = readonly [what: string, before: Document, update: Document | Document[], after: Document | number];
export type ProjectionCase = readonly [what: string, doc: Document, projection: Document, result: Document | number];
/** Values of field `v`; `_id` is the position. The result is the `_id`s in order. */
export type SortCase = readonly [what: string, values: readonly unknown[], sort: 1 | -1, ids: readonly number[]];
/** Documents inserted in turn under an index; the result is the position of the first that is refused, or null. */
export type IndexCase = readonly [what: string, index: Document, options: Document, docs: readonly Document[], refused: number | null];
