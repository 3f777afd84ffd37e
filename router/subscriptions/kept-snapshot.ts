import { parseAnswer } from '../execute/subgraph-client.ts';
import type { EventComposer } from './event-composer.ts';
import type { SharedPayload } from './shared-payload.ts';
import { sharePayload } from './shared-payload.ts';

/** A composed snapshot serves all who join within this time; the fields of other subgraphs in it are at most this old. */
const SNAPSHOT_REUSE_MS = 1_000;

export type RawSnapshot = { readonly text: string; readonly version: number };

/** A topic's last snapshot, as the subgraph sent it: a joiner's copy is composed anew. */
export function createKeptSnapshot(deps: { composer: EventComposer }) {
  let raw: RawSnapshot | null = null;
  let composed: { readonly version: number; readonly at: number; readonly payload: Promise<SharedPayload> } | null = null;

  return {
    raw: (): RawSnapshot | null => raw,
    keep(snapshot: RawSnapshot | null): void {
      raw = snapshot;
    },
    keepComposed(version: number, payload: Promise<SharedPayload>): void {
      composed = { version, at: Date.now(), payload };
    },
    payloadOf(snapshot: RawSnapshot): Promise<SharedPayload> {
      if (composed?.version === snapshot.version && Date.now() - composed.at < SNAPSHOT_REUSE_MS) return composed.payload;
      const payload = deps.composer.compose(parseAnswer(snapshot.text) ?? {}).then(sharePayload);
      composed = { version: snapshot.version, at: Date.now(), payload };
      return payload;
    },
  };
}
