import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

/** Structured lines on stdout. Secrets never reach a log call; these paths are a second fence. */
export function createLogger(settings: { name: string; level: string }): Logger {
  return pino({
    name: settings.name,
    level: settings.level,
    redact: [
      'req.headers.cookie',
      'req.headers.authorization',
      'headers.cookie',
      'headers.authorization',
      '*.password',
      '*.refreshToken',
      '*.clientSecret',
    ],
  });
}

export const silentLogger: Logger = pino({ level: 'silent' });
