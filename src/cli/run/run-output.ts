import { pinoLog } from '../../compose/process.ts';
import type { LogConfig } from '../../config/run-config.ts';
import type { Log } from '../../ports/log.ts';
import type { CliContext } from '../cli-context.ts';
import { isTerminal, paintFor } from '../text/terminal.ts';
import { LiveView, type Subject } from './live/live-view.ts';
import { entryLog, logLine } from './live/log-line.ts';

/** How `run` speaks: a live table, lines of text, or JSON. */
export interface RunOutput {
  readonly log: Log;
  /** Something about the run itself; JSON carries `fields` with it. */
  tell(text: string, fields: object): void;
  warn(text: string): void;
  /** Shows the fleet from now on, where there is a table. */
  open(subject: Subject): void;
  close(): void;
}

export function openRunOutput({ format, level }: LogConfig, context: CliContext): RunOutput {
  const chosen = format === 'auto' ? (isTerminal(context.stdout) ? 'live' : 'json') : format;
  if (chosen === 'json') return logOutput(pinoLog(level));
  return chosen === 'text' ? textOutput(level, context) : liveOutput(level, context);
}

function logOutput(log: Log): RunOutput {
  const nothing = () => undefined;
  return {
    log,
    tell: (text, fields) => log.info(fields, text),
    warn: (text) => log.warn({}, text),
    open: nothing,
    close: nothing,
  };
}

function textOutput(level: LogConfig['level'], { stdout, now }: CliContext): RunOutput {
  const paint = paintFor(stdout);
  const log = entryLog(level, now, (entry) => void stdout.write(`${logLine(entry, paint)}\n`));
  return { ...logOutput(log), tell: (text) => log.info({}, text) };
}

function liveOutput(level: LogConfig['level'], { stdout, now }: CliContext): RunOutput {
  const paint = paintFor(stdout);
  const view = new LiveView(stdout, now);
  return {
    log: entryLog(level, now, (entry) => view.add(entry)),
    tell: (text) => void stdout.write(`${text}\n`),
    warn: (text) => void stdout.write(`${paint('yellow', text)}\n`),
    open: (subject) => view.open(subject),
    close: () => view.close(),
  };
}
