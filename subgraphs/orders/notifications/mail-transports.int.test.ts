import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MailRefused } from './mail.ts';
import { createSmtpMail } from './mail-transports.ts';

const mail = {
  id: 'evt_1',
  to: { name: 'Ada', address: 'ada@example.org' },
  subject: 'Your ticket',
  text: 'Here it is.',
  html: '<p>Here it is.</p>',
  attachments: [],
};

async function sent(options: SMTPServerOptions, login = ''): Promise<unknown> {
  const server = new SMTPServer({ disabledCommands: ['STARTTLS'], ...options });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const transport = createSmtpMail({ url: `smtp://${login}127.0.0.1:${port}`, from: 'Seatgraph <tickets@example.org>' });
  onTestFinished(async () => {
    transport.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return transport.send(mail).catch((error: unknown) => error);
}

const answering = (responseCode: number): Error => Object.assign(new Error('no'), { responseCode });

describe('a mail server that says no', () => {
  it('to this mail has refused it for good', async () => {
    expect(await sent({ authOptional: true, onRcptTo: (_address, _session, done) => done(answering(550)) })).toBeInstanceOf(MailRefused);
  });

  it('for now is asked again', async () => {
    const error = await sent({ authOptional: true, onRcptTo: (_address, _session, done) => done(answering(450)) });
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefused);
  });

  it.each([
    ['to our password', { onAuth: (_auth, _session, done) => done(answering(535)), allowInsecureAuth: true }, 'us:wrong@'],
    ['to anyone without a password', {}, ''],
  ] satisfies [string, SMTPServerOptions, string][])(
    '%s has refused no mail: once that is mended, all of them are sent',
    async (_what, options, login) => {
      const error = await sent(options, login);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(MailRefused);
    },
  );
});
