import type { DocumentNode } from 'graphql';
import type { BoundedMap } from '../bounded-map.ts';
import { createBoundedMap } from '../bounded-map.ts';

const REMEMBERED_BYTES = 64 * 1024 * 1024;
/** What hangs on each: the result of its checks, its plans. */
const BYTES_PER_DOCUMENT = 32 * 1024;
/** Measured: a token with its place in the source, and its share of the nodes made of it. */
const BYTES_PER_TOKEN = 250;

/** Parsed documents by whatever names them. By size: a thousand of the largest that clients may send would be most of a process' memory. */
export function createRememberedDocuments(limitBytes = REMEMBERED_BYTES): BoundedMap<string, DocumentNode> {
  return createBoundedMap<string, DocumentNode>(limitBytes, bytesOf);
}

function bytesOf({ loc, tokenCount = 0 }: DocumentNode): number {
  return BYTES_PER_DOCUMENT + tokenCount * BYTES_PER_TOKEN + (loc?.source.body.length ?? 0);
}
