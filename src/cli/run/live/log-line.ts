import type { LogLevel } from '../../../config/log-config.ts';
import type { Paint, Style } from '../../text/paint.ts';
import { oneLine } from '../../text/text-width.ts';

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
