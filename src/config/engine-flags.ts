import { defaultSettings, type EngineSettings } from '../controller/settings.ts';
import type { CloudConfig } from './cloud-config.ts';
import { parseDuration } from './duration.ts';
import { parseChoice, parseCount } from './number-flag.ts';
import { parseControlPlaneURL } from './public-url.ts';
import { usageError } from './user-error.ts';

/** The flags behind EngineSettings, as commander gives them; every one has a default. */
export interface EngineFlags {
  readonly workers: string;
  readonly maxConcurrentCreates: string;
  readonly settlingWindow: string;
  /** Left out: short with the built-in simulator, whose answers are not doubted for long. */
  readonly absenceWindow?: string;
  readonly shutdownGrace: string;
  readonly pollInterval: string;
  readonly sweepInterval: string;
  readonly orphanGrace: string;
  readonly orphans: string;
  readonly controlPlaneUrl?: string;
  /** False with --no-bot-api. */
  readonly botApi: boolean;
}

export function readEngineSettings(flags: EngineFlags, cloud: CloudConfig): EngineSettings {
  return {
    workers: parseCount(flags.workers, '--workers', 1),
    maxConcurrentCreates: parseCount(flags.maxConcurrentCreates, '--max-concurrent-creates', 1),
    settlingWindowMs: parseDuration(flags.settlingWindow, '--settling-window'),
    absenceWindowMs: absenceWindow(flags, cloud),
    shutdownGraceMs: parseDuration(flags.shutdownGrace, '--shutdown-grace'),
    pollIntervalMs: interval(flags.pollInterval, '--poll-interval'),
    sweepIntervalMs: interval(flags.sweepInterval, '--sweep-interval'),
    orphanGraceMs: parseDuration(flags.orphanGrace, '--orphan-grace'),
    orphans: parseChoice(flags.orphans, '--orphans', ['report', 'delete']),
    agents: undefined,
    ...controlPlane(flags, cloud),
  };
}

/**
 * A droplet on a real cloud costs money whether or not its agent finds its way home: so one of the two flags
 * must be given before any is created. Whatever exists is looked after all the same.
 */
function controlPlane(
  flags: EngineFlags,
  cloud: CloudConfig,
): Pick<EngineSettings, 'controlPlaneURL' | 'createsForbidden'> {
  if (flags.controlPlaneUrl !== undefined && !flags.botApi) {
    throw usageError('--control-plane-url and --no-bot-api contradict each other.', 'Give one of them.');
  }
  const practice = cloud.kind === 'simulator' || cloud.loopback;
  const controlPlaneURL =
    flags.controlPlaneUrl === undefined ? undefined : parseControlPlaneURL(flags.controlPlaneUrl, practice);
  const decided = practice || controlPlaneURL !== undefined || !flags.botApi;
  return {
    controlPlaneURL,
    createsForbidden: decided
      ? undefined
      : 'Nothing is created on a real cloud before you say how bots reach this controller: start it with --control-plane-url https://… or with --no-bot-api.',
  };
}

const simulatedAbsenceMs = 3_000;

function absenceWindow(flags: EngineFlags, cloud: CloudConfig): number {
  if (flags.absenceWindow !== undefined) return interval(flags.absenceWindow, '--absence-window');
  return cloud.kind === 'simulator' ? simulatedAbsenceMs : defaultSettings.absenceWindowMs;
}

/** An interval of 0 would poll without rest. */
function interval(text: string, flag: string): number {
  const milliseconds = parseDuration(text, flag);
  if (milliseconds < 10)
    throw usageError(`${flag} must be at least 10ms, got ${text}.`, `For example ${flag} 3s.`);
  return milliseconds;
}
