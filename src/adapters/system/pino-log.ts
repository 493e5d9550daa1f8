import { type DestinationStream, pino } from 'pino';
import type { Log } from '../../ports/log.ts';

/** What must never be printed, should it ever reach a log call in spite of all care. */
const secretFields = ['token', 'authorization', 'Authorization', 'userData', 'apiKey', 'secret', 'password'];

/**
 * One line of JSON for each event, times in ISO 8601, the bot's key in `bot`. Writes synchronously, so that
 * what was logged before a crash is there.
 */
export function pinoLog(level: 'debug' | 'info' | 'warn' | 'error', destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
