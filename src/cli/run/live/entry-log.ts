import { type LogLevel, logLevels } from '../../../config/log-config.ts';
import type { Log } from '../../../ports/log.ts';
import type { LogEntry } from './log-line.ts';

/** A Log that hands on what is at `least` of that level. */
export function entryLog(least: LogLevel, now: () => number, take: (entry: LogEntry) => void): Log {
  const log = (level: LogLevel) => (fields: object, message: string) => {
    if (logLevels.indexOf(level) >= logLevels.indexOf(least)) take({ at: now(), level, fields, message });
  };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
