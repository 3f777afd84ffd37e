import type { Money } from '../../../kit/values/money.ts';
import { currencyDecimals } from '../../../kit/values/money.ts';
import type { Order, Ticket } from '../domain/order.ts';
import type { EventFacts } from '../repositories/events-client.ts';
import type { Buyer } from '../repositories/auth-client.ts';
import { calendarFile } from './calendar-file.ts';
import type { Attachment, Mail } from './mail.ts';

export const priceText = ({ amount, currency }: Money): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 10 ** currencyDecimals(currency));

export const timeText = (at: Date, timeZone: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(at)} (${timeZone})`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const seatText = ({ seat }: Ticket): string =>
  [seat.section === '' ? null : seat.section, `row ${seat.row}`, `seat ${seat.number}`].filter((part) => part !== null).join(', ');

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body style="font-family:sans-serif;max-width:40em">${body}</body></html>`;

/** A ticket with its code, drawn as a QR code. */
export type DrawnTicket = { readonly ticket: Ticket; readonly code: string; readonly picture: Buffer };
type Facts = { readonly id: string; readonly order: Order; readonly event: EventFacts; readonly buyer: Buyer; readonly now: Date };

const whenAndWhere = (event: EventFacts): string[] => [
  timeText(event.startsAt, event.timeZone),
  ...(event.location === null ? [] : [event.location]),
];

export function ticketsMail({ id, order, event, buyer, now }: Facts, tickets: readonly DrawnTicket[]): Mail {
  const subject = `Your ${tickets.length === 1 ? 'ticket' : `${tickets.length} tickets`} for ${event.title}`;
  const pictures = tickets.map(({ ticket, picture }): Attachment => ({
    filename: `${ticket.seat.seatId.replaceAll(/[^\w.-]/g, '_')}.png`,
    content: picture,
    contentType: 'image/png',
    cid: `${ticket.id}@seatgraph`,
  }));
  const calendar: Attachment = {
    filename: 'event.ics',
    content: calendarFile({ ...event, eventId: order.eventId, writtenAt: now }),
    contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
    cid: null,
  };
  const lines = whenAndWhere(event);
  return {
    id,
    to: { name: buyer.displayName, address: buyer.email },
    subject,
    text: [
      `Hello ${buyer.displayName},`,
      `here are your tickets for ${event.title}.`,
      lines.join('\n'),
      tickets.map(({ ticket, code }) => `${seatText(ticket)}: ${priceText(ticket.seat.price)}\n${code}`).join('\n\n'),
      `Paid: ${priceText(order.total)}. Order ${order.id}.`,
      'Show the QR code of each ticket at the door, on paper or on a screen. It lets one person in, once.',
    ].join('\n\n'),
    html: page(
      subject,
      `<p>Hello ${escaped(buyer.displayName)},</p><h1>${escaped(event.title)}</h1><p>${lines.map(escaped).join('<br>')}</p>` +
        tickets
          .map(
            ({ ticket }) =>
              `<h2>${escaped(seatText(ticket))}</h2><p>${escaped(priceText(ticket.seat.price))}</p>` +
              `<img src="cid:${ticket.id}@seatgraph" width="240" height="240" alt="QR code of the ticket for ${escaped(seatText(ticket))}">`,
          )
          .join('') +
        `<p>Paid: ${escaped(priceText(order.total))}. Order ${escaped(order.id)}.</p><p>Show the QR code of each ticket at the door, on paper or on a screen. It lets one person in, once.</p>`,
    ),
    attachments: [...pictures, calendar],
  };
}

export function refundMail({ id, order, event, buyer }: Facts, refund: { amount: Money; ticketCount: number }): Mail {
  const why = event.isCancelled
    ? `${event.title} was cancelled.`
    : `${refund.ticketCount} of your seats for ${event.title} were given back.`;
  const isFree = refund.amount.amount === 0;
  const cancelled = `${event.title} was cancelled${isFree ? '' : ': your money is on its way'}`;
  const returned = isFree ? `The seats you gave back for ${event.title}` : `Your refund for ${event.title}`;
  const subject = event.isCancelled ? cancelled : returned;
  const money = isFree ? '' : `${priceText(refund.amount)} went back the way it was paid. Banks take some days to show it. `;
  const paragraphs = [`Hello ${buyer.displayName},`, why, `${money}Order ${order.id}.`];
  return {
    id,
    to: { name: buyer.displayName, address: buyer.email },
    subject,
    text: paragraphs.join('\n\n'),
    html: page(subject, paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('')),
    attachments: [],
  };
}
