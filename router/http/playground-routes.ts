import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Own files only. Monaco writes its styles into the page, so those alone may be inline. */
const PLAYGROUND_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = 'The Playground is not built: run `npx vite build --config router/playground/vite.config.ts` and restart.\n';

/** The built page and its assets; answers in one line if it was never built. */
export async function servePlayground(deps: {
  app: FastifyInstance;
  directory: string;
  enabled: boolean;
}): Promise<(reply: FastifyReply) => Promise<FastifyReply>> {
  const index = join(deps.directory, 'index.html');
  if (!deps.enabled) return async (reply) => reply.code(404).type('text/plain').send('The Playground is switched off here.\n');
  if (!existsSync(index)) return async (reply) => reply.code(503).type('text/plain').send(NOT_BUILT);
  await deps.app.register(fastifyStatic, {
    root: join(deps.directory, 'assets'),
    prefix: '/playground/assets/',
    // Every file carries a hash of its content in its name.
    immutable: true,
    maxAge: 365 * 86_400 * 1_000,
    index: false,
    decorateReply: false,
    setHeaders: (reply) => {
      reply.header('content-security-policy', PLAYGROUND_CSP);
    },
  });
  const page = await readFile(index);
  return async (reply) =>
    reply.header('content-security-policy', PLAYGROUND_CSP).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
}
