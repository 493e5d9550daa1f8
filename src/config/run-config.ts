import { join } from 'node:path';
import type { EngineSettings } from '../controller/settings.ts';
import { type BotAPIConfig, type BotAPIFlags, readBotAPIConfig } from './bot-api-config.ts';
import { type CloudConfig, type CloudFlags, readCloudConfig } from './cloud-config.ts';
import { readEncryptionKeys } from './encryption-keys.ts';
import { type EngineFlags, readEngineSettings } from './engine-flags.ts';
import { leastSettlingMs } from './lease.ts';
import { type ListenAddress, parseListen } from './listen-address.ts';
import { parseChoice } from './number-flag.ts';
import { parseRateLimit, type RateLimit } from './rate-limit.ts';
import { kindOf, readSource, type SourceConfig } from './source-config.ts';
import { noSource, type SourceFlags, type Surroundings } from './sources/source-kind.ts';
import { defaultStateFile, stateDirectory } from './state-file.ts';
import { usageError } from './user-error.ts';

/** A source with the cloud its droplets live in, for commands that look at both. */
export interface FleetConfig {
  readonly source: SourceConfig;
  readonly cloud: CloudConfig;
  /** Absolute path beside which the built-in simulator keeps its droplets. */
  readonly simulatorFile: string;
  /** The governor's limit until the API's headers say otherwise; undefined: none of our own. */
  readonly rateLimit: RateLimit | undefined;
  readonly settings: EngineSettings;
  /** From --fleet-id. */
  readonly fleetID: string | undefined;
}

/** Everything `clawfleet run` goes by. */
export interface RunConfig extends FleetConfig {
  readonly listen: ListenAddress | undefined;
  /** Whether metrics name each stalled bot. */
  readonly metricsPerBot: boolean;
  /** How bots are served; undefined: they are not. */
  readonly botAPI: BotAPIConfig | undefined;
  readonly log: LogConfig;
  /** Whether only the holder of the lease acts; a directory admits one controller anyway. */
  readonly leaderElect: boolean;
  /** For encrypted values; the first one is the newest. */
  readonly encryptionKeys: readonly Uint8Array[];
}

export interface FleetFlags extends SourceFlags, CloudFlags, EngineFlags {
  readonly rateLimit: string;
  readonly fleetId?: string;
}

export interface RunFlags extends FleetFlags, LogFlags, BotAPIFlags {
  readonly listen: string;
  /** False with --no-leader-elect. */
  readonly leaderElect: boolean;
  readonly metricsPerBot?: boolean;
}

/** For `run`: the source must be named. Throws a UserError that says which flag is wrong and how to mend it. */
export function readRunConfig(flags: RunFlags, around: Surroundings): RunConfig {
  if (flags.source === undefined) throw noSource('for example --source deploy/examples/bots');
  const fleet = readFleetConfig(flags, around);
  const leaderElect = kindOf(fleet.source).electsLeader(flags.leaderElect);
  if (leaderElect) requireLongSettling(fleet.settings);
  return {
    ...fleet,
    leaderElect,
    listen: parseListen(flags.listen),
    metricsPerBot: flags.metricsPerBot ?? false,
    botAPI: readBotAPIConfig(flags, { cwd: around.cwd, leaderElect }),
    log: readLogConfig(flags),
    encryptionKeys: readEncryptionKeys(around.env, around.cwd),
  };
}

/** For one-shot commands that need the cloud. */
export function readFleetConfig(flags: FleetFlags, around: Surroundings): FleetConfig {
  const cloud = readCloudConfig(flags, around.env);
  const source = readSource(flags, around, (directory) => defaultStateFile(directory, cloud, around.cwd));
  if (kindOf(source).isShared) requireRealCloud(cloud, flags);
  return {
    source,
    cloud,
    simulatorFile: simulatorFileOf(source, around.cwd),
    rateLimit: parseRateLimit(flags.rateLimit),
    settings: readEngineSettings(flags, cloud),
    fleetID: flags.fleetId === undefined ? undefined : parseFleetID(flags.fleetId, '--fleet-id'),
  };
}

/** The built-in simulator stands beside the state, where that is a file. */
export function simulatorFileOf(source: SourceConfig, cwd: string): string {
  return 'stateFile' in source ? source.stateFile : join(cwd, stateDirectory, `${source.kind}-simulator`);
}

/** `^[a-z0-9][a-z0-9-]{0,30}$`: it becomes part of a tag. */
export function parseFleetID(text: string, flag: string): string {
  if (/^(?!adopt-|released$)[a-z0-9][a-z0-9-]{0,30}$/.test(text)) return text;
  throw usageError(
    `${flag} must be at most 31 lower-case letters, digits and dashes, got ${JSON.stringify(text)}.`,
    'A droplet of the fleet carries it in its tag clawfleet-<fleet id>.',
  );
}

/** The bots of a cluster or database are shared: none of them gets an imaginary droplet because a token was forgotten. */
function requireRealCloud(cloud: CloudConfig, { simulator }: FleetFlags): void {
  if (cloud.kind !== 'simulator' || simulator) return;
  throw usageError(
    'DIGITALOCEAN_ACCESS_TOKEN is not set, and shared bots, in a cluster or database, are not given simulated droplets by accident.',
    'Set the token, or add --simulator to try it out.',
  );
}

/** A create that the leader before had under way must have ended before it counts as not happened. */
function requireLongSettling({ settlingWindowMs }: EngineSettings): void {
  if (settlingWindowMs > leastSettlingMs) return;
  throw usageError(
    `--settling-window must be longer than ${leastSettlingMs / 1_000} s, the lease’s duration and a cloud call’s deadline together, got ${settlingWindowMs / 1_000} s.`,
    'Give a longer one; in a cluster, where no other controller can be, --no-leader-elect does without.',
  );
}

const logFormats = ['auto', 'live', 'text', 'json'] as const;
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

type LogFormat = (typeof logFormats)[number];
export type LogLevel = (typeof logLevels)[number];

export interface LogConfig {
  /** `auto`: the live table on a terminal, JSON otherwise. */
  readonly format: LogFormat;
  readonly level: LogLevel;
}

interface LogFlags {
  readonly logFormat: string;
  readonly logLevel: string;
}

function readLogConfig(flags: LogFlags): LogConfig {
  return {
    format: parseChoice(flags.logFormat, '--log-format', logFormats),
    level: parseChoice(flags.logLevel, '--log-level', logLevels),
  };
}
