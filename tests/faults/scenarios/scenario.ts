import type { Stage } from '../stage.ts';

/** A fault and what goes on meanwhile. Everything is healed and checked after it; `note` takes what it finds wrong by itself. */
export type Scenario = {
  readonly name: string;
  readonly events?: number;
  /** More for the report's line. */
  readonly run: (stage: Stage) => Promise<string | void>;
};
