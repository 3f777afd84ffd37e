import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import type { Mail, MailTransport } from './mail.ts';
import { MailRefused } from './mail.ts';

const SMTP_CONNECTIONS = 3;
const CONNECT_MS = 5_000;
const ANSWER_MS = 20_000;

const toMessage = (from: string, mail: Mail): SendMailOptions => ({
  from,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: `<${mail.id}@seatgraph>`,
  // RFC 3834: nobody's out-of-office note is wanted in answer.
  headers: { 'Auto-Submitted': 'auto-generated' },
  attachments: mail.attachments.map(({ filename, content, contentType, cid }) => ({
    filename,
    content,
    contentType,
    ...(cid === null ? {} : { cid }),
  })),
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** RFC 4954, 6: about who we are, which an operator can mend; no mail deserves to be lost for it. */
const ABOUT_OUR_LOGIN = [530, 534, 535, 538];

/** RFC 5321, 4.2.1: 5yz is a permanent negative completion reply. */
const isForGood = (error: unknown): boolean =>
  error instanceof Error &&
  'responseCode' in error &&
  typeof error.responseCode === 'number' &&
  error.responseCode >= 500 &&
  !ABOUT_OUR_LOGIN.includes(error.responseCode);

export function createSmtpMail(deps: { url: string; from: string }): MailTransport {
  const transport = createTransport(deps.url, {});
  const pooled = createTransport({
    ...transport.options,
    pool: true,
    maxConnections: SMTP_CONNECTIONS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
  });
  return {
    async send(mail) {
      try {
        await pooled.sendMail(toMessage(deps.from, mail));
      } catch (error) {
        throw isForGood(error) ? new MailRefused('The mail server has refused it.', { cause: error }) : error;
      }
    },
    close: () => pooled.close(),
  };
}

/** For machines without a mail server: one file per mail, as it would have been sent (RFC 5322), to be opened with any mail program. */
export function createMailFiles(deps: { directory: string; from: string }): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      await mkdir(deps.directory, { recursive: true, mode: 0o700 });
      const { message } = await transport.sendMail(toMessage(deps.from, mail));
      const path = join(deps.directory, `${mail.id}.eml`);
      // Whole or not at all: somebody may be watching the folder.
      await writeFile(`${path}.new`, message, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    close: () => transport.close(),
  };
}
