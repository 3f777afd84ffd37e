export type SimulatorMethod = {
  readonly outcome: 'approve' | 'decline' | 'ask the payer' | 'approve later';
  /** Of a decline. */
  readonly reason: string;
  readonly answer: 'prompt' | 'slow' | 'lost';
};

const method = (outcome: SimulatorMethod['outcome'], rest: Partial<Pick<SimulatorMethod, 'reason' | 'answer'>> = {}): SimulatorMethod => ({
  outcome,
  reason: '',
  answer: 'prompt',
  ...rest,
});

/** What a payer's client may send to `confirmPayment` instead of a card. */
export const SIMULATOR_METHODS = {
  pm_card_visa: method('approve'),
  pm_card_declined: method('decline', { reason: 'card_declined' }),
  pm_card_insufficient_funds: method('decline', { reason: 'insufficient_funds' }),
  /** The money moves, and the answer is lost on the way. */
  pm_card_timeout: method('approve', { answer: 'lost' }),
  pm_card_slow: method('approve', { answer: 'slow' }),
  /** REQUIRES_ACTION, with a page where the payer approves or declines. */
  pm_card_requires_action: method('ask the payer'),
  /** PROCESSING, and a few seconds later the money has moved. */
  pm_card_late: method('approve later'),
} as const satisfies Record<string, SimulatorMethod>;

const METHODS = new Map<string, SimulatorMethod>(Object.entries(SIMULATOR_METHODS));

export function simulatorMethod(name: string | null): SimulatorMethod {
  return METHODS.get(name ?? 'pm_card_visa') ?? method('decline', { reason: 'unknown_payment_method' });
}
