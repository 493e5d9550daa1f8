import { resolve } from 'node:path';
import {
  type CloudConfig,
  type CloudEnvironment,
  type CloudFlags,
  readCloudConfig,
} from './config/cloud-config.ts';
import { type EngineFlags, readEngineSettings } from './config/engine-flags.ts';
import { recallRun } from './config/last-run.ts';
import { type ListenAddress, parseListen } from './config/listen-address.ts';
import { type LogConfig, type LogFlags, readLogConfig } from './config/log-config.ts';
import { parseRateLimit, type RateLimit } from './config/rate-limit.ts';
import { defaultStateFile, existingStateFile } from './config/state-file.ts';
import { usageError } from './config/user-error.ts';
import type { EngineSettings } from './controller/settings.ts';

/** Where bots are declared and where their state is kept; absolute paths. */
export interface SourceConfig {
  readonly source: string;
  readonly stateFile: string;
}

/** A source with the cloud its droplets live in, for commands that look at both. */
export interface FleetConfig extends SourceConfig {
  readonly cloud: CloudConfig;
  /** The governor's limit until the API's headers say otherwise; undefined: none of our own. */
  readonly rateLimit: RateLimit | undefined;
  readonly settings: EngineSettings;
  /** From --fleet-id. */
  readonly fleetID: string | undefined;
}

/** Everything `clawfleet run` goes by. */
export interface RunConfig extends FleetConfig {
  readonly listen: ListenAddress | undefined;
  readonly log: LogConfig;
}

export interface SourceFlags {
  readonly source?: string;
  readonly state?: string;
}

export interface FleetFlags extends SourceFlags, CloudFlags, EngineFlags {
  readonly rateLimit: string;
  readonly fleetId?: string;
}

export interface RunFlags extends FleetFlags, LogFlags {
  readonly listen: string;
}

/** What surrounds the process. */
export interface Surroundings {
  readonly env: CloudEnvironment;
  readonly cwd: string;
}

/** For `run`: the source must be named. Throws a UserError that says which flag is wrong and how to mend it. */
export function readRunConfig(flags: RunFlags, around: Surroundings): RunConfig {
  if (flags.source === undefined) throw noSource('for example --source deploy/examples/bots');
  return {
    ...readFleetConfig(flags, around),
    listen: parseListen(flags.listen),
    log: readLogConfig(flags),
  };
}

/** For one-shot commands that need the cloud. */
export function readFleetConfig(flags: FleetFlags, around: Surroundings): FleetConfig {
  const cloud = readCloudConfig(flags, around.env);
  const source = sourceOf(flags, around.cwd);
  const stateFile = flags.state
    ? resolve(around.cwd, flags.state)
    : defaultStateFile(source, cloud, around.cwd);
  return {
    source,
    stateFile,
    cloud,
    rateLimit: parseRateLimit(flags.rateLimit),
    settings: readEngineSettings(flags, cloud),
    fleetID: flags.fleetId === undefined ? undefined : parseFleetID(flags.fleetId, '--fleet-id'),
  };
}

/** For commands that only look at the source: no token needed. */
export function readSourceConfig(flags: SourceFlags, around: Surroundings): SourceConfig {
  const source = sourceOf(flags, around.cwd);
  if (flags.state) return { source, stateFile: resolve(around.cwd, flags.state) };
  const last = recallRun(around.cwd);
  if (last?.source === source) return { source, stateFile: last.stateFile };
  const cloud = readCloudConfig({}, { ...around.env, DIGITALOCEAN_API_URL: apiURLWithToken(around.env) });
  return { source, stateFile: existingStateFile(source, cloud, around.cwd) };
}

/** `^[a-z0-9][a-z0-9-]{0,30}$`: it becomes part of a tag. */
export function parseFleetID(text: string, flag: string): string {
  if (/^(?!adopt-|released$)[a-z0-9][a-z0-9-]{0,30}$/.test(text)) return text;
  throw usageError(
    `${flag} must be at most 31 lower-case letters, digits and dashes, got ${JSON.stringify(text)}.`,
    'A droplet of the fleet carries it in its tag clawfleet-<fleet id>.',
  );
}

function sourceOf(flags: SourceFlags, cwd: string): string {
  if (flags.source !== undefined) return resolve(cwd, flags.source);
  const last = recallRun(cwd);
  if (last) return last.source;
  throw noSource('or start `clawfleet run --source DIRECTORY` here once');
}

function noSource(hint: string): Error {
  return usageError(
    'No source is given: where are the bots declared?',
    `Pass --source DIRECTORY or set CLAWFLEET_SOURCE, ${hint}.`,
  );
}

/** An API URL without a token matters to nobody who only reads. */
function apiURLWithToken(env: CloudEnvironment): string | undefined {
  return env.DIGITALOCEAN_ACCESS_TOKEN ? env.DIGITALOCEAN_API_URL : undefined;
}
