import type { FastifyReply } from 'fastify';

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** A page without scripts, not to be framed, kept or told to the next site: its address can be a secret. */
export function sendPage(reply: FastifyReply, page: { status?: number; title: string; body: string }): FastifyReply {
  return reply
    .code(page.status ?? 200)
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>${escapeHtml(page.title)}</title><style>body{font:1rem/1.5 system-ui;max-width:30rem;margin:15vh auto;padding:0 1rem}` +
        `button{font:inherit;padding:.5rem 1.5rem;margin-right:.5rem}</style><h1>${escapeHtml(page.title)}</h1>${page.body}</html>`,
    );
}
