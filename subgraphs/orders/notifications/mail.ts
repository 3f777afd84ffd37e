export type Attachment = {
  readonly filename: string;
  readonly content: Buffer | string;
  readonly contentType: string;
  /** For pictures in the text; null for files beside it. */
  readonly cid: string | null;
};

export type Mail = {
  /** The same mail sent twice has the same id: mailboxes drop the second. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
};

/** Says no for good: sending this mail again would be refused again. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

export type MailTransport = { readonly send: (mail: Mail) => Promise<void>; readonly close: () => void };
