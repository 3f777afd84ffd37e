/** A round of so many records has many writers behind it: the next one waits for company, so that fewer rounds are needed. */
const CROWD = 4;
/** For those just answered, who write again at once. */
const GATHER_MS = 3;
/** For transactions that are under way. */
const GATHER_TRANSACTIONS_MS = 8;
/** It is enough when one in so many of the transactions has come: the others are at work meanwhile. */
const SHARE = 4;

/**
 * Says when a round of the journal begins after another: when as many records have come as last time, and their share
 * of the transactions; or when it is time.
 */
export function createGathering(countWriting: () => number, beginRound: () => void) {
  let gathering: { wanted: number; timer: NodeJS.Timeout } | undefined;

  function end(): void {
    clearTimeout(gathering?.timer);
    gathering = undefined;
    setImmediate(beginRound);
  }

  function endOrWaitForTransactions(): void {
    if (gathering && countWriting() > 0) gathering.timer = setTimeout(end, GATHER_TRANSACTIONS_MS - GATHER_MS);
    else end();
  }

  function joined(queued: number): void {
    if (gathering && queued >= gathering.wanted && queued * SHARE >= queued + countWriting()) end();
  }

  return {
    /** After a round of `last` records, with so many in the queue already. */
    begin(last: number, queued: number): void {
      if (last < CROWD) {
        setImmediate(beginRound);
        return;
      }
      gathering = { wanted: last, timer: setTimeout(endOrWaitForTransactions, GATHER_MS) };
      joined(queued);
    },
    /** Called for every record that comes. */
    joined,
  };
}
