import { parseChoice } from './number-flag.ts';

export const logFormats = ['auto', 'live', 'text', 'json'] as const;
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export type LogFormat = (typeof logFormats)[number];
export type LogLevel = (typeof logLevels)[number];

export interface LogConfig {
  /** `auto`: the live table on a terminal, JSON otherwise. */
  readonly format: LogFormat;
  readonly level: LogLevel;
}

export interface LogFlags {
  readonly logFormat: string;
  readonly logLevel: string;
}

export function readLogConfig(flags: LogFlags): LogConfig {
  return {
    format: parseChoice(flags.logFormat, '--log-format', logFormats),
    level: parseChoice(flags.logLevel, '--log-level', logLevels),
  };
}
