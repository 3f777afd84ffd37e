import { describe, expect, it } from 'vitest';
import type { Order } from '../domain/order.ts';
import { priceText, refundMail, ticketsMail, timeText } from './mail-texts.ts';

const price = { amount: 2_550, currency: 'EUR' };
const seat = { seatId: 'Stalls-C-7', section: 'Stalls', row: 'C', number: 7, price, features: [] };
const order: Order = {
  id: 'ord_1',
  userId: 'usr_1',
  eventId: 'evt_1',
  organizerId: 'usr_2',
  holdId: 'evt_1-h1',
  paymentIntentId: 'pi_1',
  recordId: 'r',
  fingerprint: 'f',
  status: 'CONFIRMED',
  seats: [seat],
  total: price,
  refunded: { amount: 0, currency: 'EUR' },
  placedAt: new Date(0),
  version: 2,
};
const event = {
  title: 'Rock & <b>Roll</b>',
  startsAt: new Date('2027-07-01T18:00:00Z'),
  endsAt: null,
  timeZone: 'America/New_York',
  location: 'Hall "1"',
  isCancelled: false,
};
const facts = { id: 'evt_mail', order, event, buyer: { email: 'b@example.com', displayName: '<Ann>' }, now: new Date(0) };

describe('what buyers read', () => {
  it('gives times of the place and amounts with the digits of the currency', () => {
    // Versions of the runtime's own texts differ by a comma.
    expect(timeText(event.startsAt, event.timeZone)).toMatch(/^Thursday,? 1 July 2027 at 14:00 \(America\/New_York\)$/);
    expect(priceText({ amount: 2_550, currency: 'EUR' })).toBe('€25.50');
    expect(priceText({ amount: 2_550, currency: 'JPY' })).toBe('¥2,550');
    expect(priceText({ amount: 2_550, currency: 'KWD' })).toMatch(/2\.550/);
  });

  it('escapes what organizers and buyers wrote, and shows each ticket with its code', () => {
    const ticket = { id: 'tkt_1', orderId: 'ord_1', eventId: 'evt_1', seat, status: 'VALID' as const, checkedInAt: null };
    const mail = ticketsMail(facts, [{ ticket, code: 'CODE', picture: Buffer.from('png') }]);
    expect(mail.subject).toBe('Your ticket for Rock & <b>Roll</b>');
    expect(mail.html).toContain('Rock &amp; &lt;b&gt;Roll&lt;/b&gt;');
    expect(mail.html).toContain('&lt;Ann&gt;');
    expect(mail.html).not.toContain('<b>Roll');
    expect(mail.html).toContain('cid:tkt_1@seatgraph');
    expect(mail.text).toContain('Stalls, row C, seat 7: €25.50\nCODE');
    expect(mail.attachments.map((attachment) => attachment.filename)).toEqual(['Stalls-C-7.png', 'event.ics']);
  });

  it('says whether somebody gave seats back or the event was cancelled', () => {
    expect(refundMail(facts, { amount: price, ticketCount: 1 }).text).toContain('were given back');
    expect(refundMail({ ...facts, event: { ...event, isCancelled: true } }, { amount: price, ticketCount: 1 }).subject).toContain(
      'was cancelled',
    );
  });

  it('promises no money to whoever gave back what was free', () => {
    const free = { amount: 0, currency: 'EUR' };
    for (const isCancelled of [true, false]) {
      const mail = refundMail({ ...facts, event: { ...event, isCancelled } }, { amount: free, ticketCount: 1 });
      expect(`${mail.subject} ${mail.text} ${mail.html}`).not.toMatch(/refund|money|paid|€/i);
      expect(mail.text).toContain('Order ord_1.');
    }
  });
});
