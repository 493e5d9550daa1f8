import { type LogLevel, logLevels } from '../../../config/run-config.ts';
import type { Log } from '../../../ports/log.ts';
import { oneLine, type Paint, type Style } from '../../text/terminal.ts';

export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly fields: object;
  readonly message: string;
}

const levelStyles: Readonly<Record<LogLevel, Style>> = {
  debug: 'dim',
  info: 'blue',
  warn: 'yellow',
  error: 'red',
};

/** `12:03:07 warn  default/alpha PoweredOff: droplet 7 is off tries=2`, for people; local time. */
export function logLine({ at, level, fields, message }: LogEntry, paint: Paint): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const { bot, reason, err, ...rest } = fields as Readonly<Record<string, unknown>>;
  const subject = [bot, reason].filter((part) => typeof part === 'string').join(' ');
  const details = [
    ...(err instanceof Error ? [err.message] : []),
    ...Object.entries(rest).flatMap(([key, value]) => (isPlain(value) ? [`${key}=${String(value)}`] : [])),
  ];
  const text = [subject && `${subject}:`, message, ...details].filter(Boolean).join(' ');
  return `${paint('dim', time)} ${paint(levelStyles[level], level.padEnd(5))} ${oneLine(text)}`;
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** A Log that hands on what is at `least` of that level. */
export function entryLog(least: LogLevel, now: () => number, take: (entry: LogEntry) => void): Log {
  const log = (level: LogLevel) => (fields: object, message: string) => {
    if (logLevels.indexOf(level) >= logLevels.indexOf(least)) take({ at: now(), level, fields, message });
  };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
