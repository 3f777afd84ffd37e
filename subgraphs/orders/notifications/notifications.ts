import { z } from 'zod';
import type { DomainEvent, DomainEventBus } from '../../../kit/runtime/bus.ts';
import type { Logger } from '../../../kit/runtime/logger.ts';
import { runPeriodically } from '../../../kit/runtime/periodic.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import type { AuthClient } from '../repositories/auth-client.ts';
import type { EventsClient } from '../repositories/events-client.ts';
import type { DueMail, MailRepository, TakenMail } from '../repositories/mail-repository.ts';
import { TAKEN_FOR_MS } from '../repositories/mail-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import { isInUse } from '../domain/order.ts';
import type { TicketCodes } from '../tickets/ticket-codes.ts';
import { drawCode } from './draw-code.ts';
import type { Mail, MailTransport } from './mail.ts';
import { MailRefused } from './mail.ts';
import { refundMail, ticketsMail } from './mail-texts.ts';

const confirmedSchema = z.object({ orderId: z.string() });
const releasedSchema = z.object({
  orderId: z.string(),
  reason: z.string(),
  amount: z.int(),
  currency: z.string(),
  ticketCount: z.int(),
});

const SEND_EVERY_MS = 1_000;
const SENT_AT_ONCE = 2;
/** Missed twice, another process may still not have it. */
const KEEP_EVERY_MS = TAKEN_FOR_MS / 3;

/** Null for what nobody is written to about. */
export function dueMailOf(event: DomainEvent): DueMail | null {
  if (event.type === 'order.confirmed') {
    const data = confirmedSchema.safeParse(event.data);
    return data.success ? { id: event.id, orderId: data.data.orderId, kind: 'TICKETS' } : null;
  }
  if (event.type === 'seats.released') {
    const data = releasedSchema.safeParse(event.data);
    if (!data.success || data.data.reason !== 'REFUNDED') return null;
    const { orderId, amount, currency, ticketCount } = data.data;
    return { id: event.id, orderId, kind: 'REFUND', amount: { amount, currency }, ticketCount };
  }
  return null;
}

/**
 * Writes to buyers: their tickets, and that their money is back. A domain event makes a mail due, once; whichever process takes it sends it, and tries
 * again while the mail server is away. A process that dies right behind sending may send it a second time, under the same Message-ID.
 */
export async function startNotifications(deps: {
  bus: Pick<DomainEventBus, 'subscribe'>;
  source: string;
  mails: MailRepository;
  orders: OrderRepository;
  events: EventsClient;
  auth: AuthClient;
  codes: Pick<TicketCodes, 'codeOf'>;
  transport: MailTransport;
  clock: Clock;
  logger: Logger;
  keepEveryMilliseconds?: number;
}) {
  const { mails, orders, clock, logger } = deps;
  let closing = false;

  async function write(due: DueMail): Promise<Mail | null> {
    const order = await orders.find(due.orderId);
    if (!order) return null;
    const [event, buyer] = await Promise.all([deps.events.findFacts(order.eventId), deps.auth.findBuyer(order.userId)]);
    if (!event || !buyer) return null;
    const facts = { id: due.id, order, event, buyer, now: clock.now() };
    if (due.kind === 'REFUND') return refundMail(facts, due);
    const tickets = (await orders.ticketsOfOrders([order.id])).filter(isInUse);
    // Given back before anyone wrote.
    if (tickets.length === 0) return null;
    const drawn = tickets.map(async (ticket) => {
      const code = await deps.codes.codeOf(ticket);
      return { ticket, code, picture: await drawCode(code) };
    });
    return ticketsMail(facts, await Promise.all(drawn));
  }

  async function send(due: TakenMail): Promise<void> {
    // A slow mail server takes longer than the time for which it was taken, and the next process would send it again.
    const keeping = setInterval(
      () => void mails.keep(due, clock.now()).catch(() => undefined),
      deps.keepEveryMilliseconds ?? KEEP_EVERY_MS,
    );
    try {
      const mail = await write(due);
      if (mail) await deps.transport.send(mail);
      else logger.info({ mail: due.id, order: due.orderId }, 'a mail is not needed any more');
      await mails.end(due, mail ? 'SENT' : 'NOT_NEEDED', clock.now());
    } catch (error) {
      if (!(error instanceof MailRefused) && (await mails.postpone(due, clock.now()))) {
        logger.warn({ err: error, mail: due.id, attempts: due.attempts }, 'a mail could not be sent; trying again');
        return;
      }
      logger.error({ err: error, mail: due.id, order: due.orderId }, 'a mail was given up');
      await mails.end(due, 'GIVEN_UP', clock.now());
    } finally {
      clearInterval(keeping);
    }
  }

  async function sendDue(): Promise<void> {
    const sender = async (): Promise<void> => {
      while (!closing) {
        const due = await mails.take(clock.now());
        if (!due) return;
        await send(due);
      }
    };
    await Promise.all(Array.from({ length: SENT_AT_ONCE }, sender));
  }

  const sending = runPeriodically({ name: 'mails', everyMilliseconds: SEND_EVERY_MS, logger, task: sendDue });
  const subscription = await deps.bus.subscribe({
    sources: [deps.source],
    group: 'notifications',
    member: newId('notifications'),
    onEvent: async (event) => {
      const due = dueMailOf(event);
      if (!due) return;
      await mails.add(due, clock.now());
      sending.trigger();
    },
  });
  return {
    close: async (): Promise<void> => {
      // What is due stays due, for whichever process comes next.
      closing = true;
      await subscription.close();
      await sending.close();
      deps.transport.close();
    },
  };
}
