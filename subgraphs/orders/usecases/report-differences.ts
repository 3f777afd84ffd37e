import type { Clock } from '../../../kit/values/clock.ts';
import type { Difference, DifferenceKind } from '../domain/audit.ts';
import { auditClaim, auditOrder, auditPayment, STUCK_AFTER_SECONDS } from '../domain/audit.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { AuditRepository } from '../repositories/audit-repository.ts';
import type { SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';

export const DIFFERENCES_MAX = 500;
const PAYMENTS_ASKED_MAX = 200;
const ASKED_AT_ONCE = 10;
/** Below what a request may take; what was not looked at by then is said. */
const TIME_MS = 6_000;

export type DifferencesReport = {
  readonly checkedAt: Date;
  readonly orders: number;
  readonly claims: number;
  readonly paymentsAtProvider: number;
  /** False when time or room ran out before everything was looked at, or the provider did not answer about a payment. */
  readonly complete: boolean;
  readonly differences: readonly Difference[];
};

class Enough extends Error {}

/** The reconciler's sixth rule: what should never be is reported, and nothing is guessed. */
export function createReportDifferences(deps: {
  audit: AuditRepository;
  plans: SeatingPlanRepository;
  provider: PaymentProvider;
  clock: Clock;
}) {
  const { audit, clock } = deps;

  return async function reportDifferences(since: Date): Promise<DifferencesReport> {
    const checkedAt = clock.now();
    const stuckBefore = new Date(checkedAt.getTime() - STUCK_AFTER_SECONDS * 1_000);
    const giveUpAt = Date.now() + TIME_MS;
    const differences: Difference[] = [];
    let [orders, claims, paymentsAtProvider] = [0, 0, 0];
    let complete = true;

    const report = (difference: Difference | null): void => {
      if (difference) differences.push(difference);
      if (differences.length >= DIFFERENCES_MAX) throw new Enough();
    };
    const mayGoOn = (): void => {
      if (Date.now() > giveUpAt) throw new Enough();
    };
    const about = (kind: DifferenceKind, message: string, intent?: PaymentIntent): Difference => ({
      kind,
      message,
      eventId: intent?.eventId ?? null,
      orderId: intent?.orderId ?? null,
      paymentIntentId: intent?.id ?? null,
    });

    async function auditOrders(): Promise<void> {
      for await (const batch of audit.orders(since)) {
        mayGoOn();
        const plans = await deps.plans.ofEvents([...new Set(batch.map(({ order }) => order.eventId))]);
        for (const facts of batch) {
          orders += 1;
          const plan = plans.get(facts.order.eventId);
          if (!plan || auditOrder(facts, plan, clock.now()).length === 0) continue;
          // It may have changed while its parts were read one after the other: look again, at one moment.
          const again = await audit.factsAtOnce(facts.order.id);
          if (again) for (const difference of auditOrder(again, plan, clock.now())) report(difference);
        }
      }
    }

    async function auditClaims(): Promise<void> {
      for await (const batch of audit.claims()) {
        mayGoOn();
        for (const { claim, order } of batch) {
          claims += 1;
          if (auditClaim(claim, order) === null) continue;
          const again = await audit.factsAtOnce(claim.orderId);
          if (!again || again.claims.some(({ seatId }) => seatId === claim.seatId)) report(auditClaim(claim, again?.order ?? null));
        }
      }
    }

    async function auditPayments(): Promise<void> {
      const intents = await audit.payments(since, PAYMENTS_ASKED_MAX);
      for (let from = 0; from < intents.length; from += ASKED_AT_ONCE) {
        mayGoOn();
        const asked = intents.slice(from, from + ASKED_AT_ONCE);
        const facts = await audit.factsOf(asked.flatMap(({ orderId }) => (orderId === null ? [] : [orderId])));
        const factsOfOrder = new Map(facts.map((one) => [one.order.id, one]));
        const answers = await Promise.all(
          asked.map(async (intent) => ({
            intent,
            // Free, or never made there: nothing to be asked about, and nothing that could have been taken.
            found:
              intent.amount.amount === 0 || intent.providerIntentId === null ? null : await deps.provider.retrieve(intent.providerIntentId),
          })),
        );
        for (const { intent, found } of answers) {
          if (found === null) continue;
          if (found.kind === 'unknown') {
            complete = false;
            continue;
          }
          paymentsAtProvider += 1;
          const theirs = found.kind === 'done' ? found.value : null;
          const before = factsOfOrder.get(intent.orderId ?? '') ?? null;
          if (auditPayment(intent, theirs, before) === null) continue;
          const now = intent.orderId === null ? null : await audit.factsAtOnce(intent.orderId);
          // Changed while the provider was asked: then the two say nothing about each other.
          if (now?.order.version === before?.order.version && (await audit.payment(intent.id))?.version === intent.version)
            report(auditPayment(intent, theirs, now));
        }
      }
    }

    async function auditWork(): Promise<void> {
      for (const refund of await audit.stuckRefunds(stuckBefore, DIFFERENCES_MAX))
        report({
          ...about('REFUND_STUCK', `Refund ${refund.id} waits since ${refund.createdAt.toISOString()}, tried ${refund.attempts} times.`),
          orderId: refund.orderId,
          paymentIntentId: refund.paymentIntentId,
        });
      for (const intent of await audit.stuckPayments(stuckBefore, DIFFERENCES_MAX))
        report(about('PAYMENT_STUCK', `The payment is ${intent.status}, has no order, and its hold is over.`, intent));
      const untold = await audit.untoldEvents(stuckBefore);
      if (untold > 0) report(about('EVENT_NOT_TOLD', `${untold} committed changes are not on the bus or not on the seat map yet.`));
    }

    try {
      await auditWork();
      await auditOrders();
      await auditClaims();
      await auditPayments();
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
      complete = false;
    }
    return { checkedAt, orders, claims, paymentsAtProvider, complete, differences };
  };
}
export type ReportDifferences = ReturnType<typeof createReportDifferences>;
