import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local/redis.ts';
import { drawCode } from '../../subgraphs/orders/notifications/draw-code.ts';
import { closeAfterTest, eventually } from '../harness/fresh.ts';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

type Told = { stack: Stack; seed: Seed; organizer: Person };
async function tell(settings: Record<string, string> = {}): Promise<Told> {
  const stack = await startStack(settings);
  const seed = createSeed(stack);
  return { stack, seed, organizer: await seed.organizer() };
}
async function bought({ seed }: Told, buyer: Person, eventId: string, seatIds: string[]): Promise<string> {
  const holdId = await seed.held(buyer, eventId, seatIds);
  const intent = await seed.pay(buyer, holdId);
  const { order } = await seed.purchase(buyer, { eventId, holdId, paymentIntentId: intent.id });
  return order?.id ?? '';
}

describe('without a mail server', () => {
  let told: Told;
  beforeAll(async () => {
    told = await tell();
  });
  afterAll(() => told.stack.close());

  const mailsTo = async (buyer: Person): Promise<ParsedMail[]> => {
    const folder = `${told.stack.dataDir}/mail`;
    const files = (() => {
      try {
        return readdirSync(folder).filter((name) => name.endsWith('.eml'));
      } catch {
        return [];
      }
    })();
    const mails = await Promise.all(files.map((name) => simpleParser(readFileSync(`${folder}/${name}`))));
    return mails.filter((mail) => [mail.to].flat().some((to) => to?.text.includes(buyer.email)));
  };

  it('a buyer’s tickets are in a file: QR codes that let in, a calendar entry, and the refund in another', async () => {
    const { seed, organizer } = told;
    const buyer = await seed.person();
    const eventId = await seed.event(organizer, { title: 'Opera', location: 'Hall 1', timeZone: 'Europe/Berlin' });
    const orderId = await bought(told, buyer, eventId, ['A-1', 'A-2']);
    const mail = await eventually('the tickets', async () => (await mailsTo(buyer))[0]);
    expect(mail.subject).toBe('Your 2 tickets for Opera');
    expect(mail.messageId).toMatch(/@seatgraph>$/);

    const { order } = await buyer.data<{ order: { tickets: { id: string; code: string; seat: { seatId: string } }[] } }>(
      'query ($id: ID!) { order(id: $id) { tickets { id code seat { seatId } } } }',
      { id: orderId },
    );
    for (const ticket of order.tickets) {
      const picture = mail.attachments.find((attachment) => attachment.filename === `${ticket.seat.seatId}.png`);
      expect(picture?.contentType).toBe('image/png');
      expect(picture?.content.equals(await drawCode(ticket.code))).toBe(true);
    }
    const calendar = mail.attachments.find((attachment) => attachment.filename === 'event.ics')?.content.toString();
    expect(calendar).toContain('SUMMARY:Opera');
    expect(calendar).toContain('LOCATION:Hall 1');

    await buyer.data('mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename } }', {
      input: { orderId, ticketIds: [order.tickets[0]?.id] },
    });
    const both = await eventually('the refund', async () => {
      const mails = await mailsTo(buyer);
      return mails.length === 2 && mails;
    });
    expect(new Set(both.map((one) => one.subject))).toEqual(new Set(['Your 2 tickets for Opera', 'Your refund for Opera']));
  });
});

describe('with a mail server', () => {
  const received: ParsedMail[] = [];
  let refused = 0;
  async function keep(parsing: Promise<ParsedMail>, taken: (error?: Error | null) => void): Promise<void> {
    received.push(await parsing);
    taken();
  }
  const start = async (port: number): Promise<SMTPServer> => {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      // The product keeps its connection; nobody has to wait for that.
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, callback) => {
        if (!address.includes('refused')) return callback();
        refused += 1;
        return callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
      onData: (stream, _session, callback) => {
        void keep(simpleParser(stream), callback);
      },
    });
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  };

  it('that is away at first, mail arrives once it is back, once each; and what it refuses for good is not tried again', async () => {
    const port = await freePort();
    const told = await tell({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    closeAfterTest(told.stack);
    const { seed, organizer, stack } = told;
    const eventId = await seed.event(organizer, { title: 'Ballet' });
    const [buyer, other] = [await seed.person(), await seed.person()];
    await bought(told, buyer, eventId, ['A-1']);
    const mails = await connectMails(stack.mongoUrl);
    closeAfterTest(mails);
    await eventually('a first try', async () => (await mails.all()).some((mail) => mail.attempts > 0));

    const server = await start(port);
    closeAfterTest({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) });
    await eventually('the mail', () => received.length === 1, 20_000);
    expect(received[0]?.subject).toBe('Your ticket for Ballet');
    await eventually('the note of it', async () => (await mails.all()).every((mail) => mail.state === 'SENT'));

    await mails.changeAddress(other.userId, 'refused@example.com');
    await bought(told, other, eventId, ['A-2']);
    await eventually('the end of it', async () => (await mails.all()).some((mail) => mail.state === 'GIVEN_UP'));
    expect(refused).toBe(1);
    expect(received).toHaveLength(1);
  });
});

async function connectMails(mongoUrl: string) {
  const { MongoClient } = await import('mongodb');
  const client = await MongoClient.connect(mongoUrl);
  return {
    all: () => client.db('orders').collection<{ state: string; attempts: number }>('mails').find().toArray(),
    changeAddress: (userId: string, email: string) =>
      client.db('auth').collection<{ _id: string }>('users').updateOne({ _id: userId }, { $set: { email } }),
    close: () => client.close(),
  };
}
