import { directorySource } from '../adapters/directory/directory-source.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { RunConfig } from '../config.ts';
import { type Controller, createController } from '../controller/controller.ts';
import type { CloudObserver } from '../ports/cloud-observer.ts';
import { soleLeader } from '../ports/leadership.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Source } from '../ports/source.ts';
import { type OpenedClouds, openCloud } from './open-cloud.ts';
import { composeUserData } from './user-data.ts';

export interface ComposeParts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly observer?: CloudObserver;
}

export interface Composition {
  readonly controller: Controller;
  readonly source: Source;
  readonly simulatorURL: string | undefined;
  /** Warns of read scopes that the token lacks; never throws. */
  checkToken(): Promise<void>;
  /** Stops the controller, then what it stands on. */
  stop(): Promise<void>;
}

/** The controller over the source and the cloud of the configuration; not started yet. */
export async function composeController(config: RunConfig, parts: ComposeParts): Promise<Composition> {
  const { log, metrics, observer } = parts;
  const clouds = await openCloud(config, observer);
  const source = directorySource({
    directory: config.source,
    stateFile: config.stateFile,
    clock: systemClock,
    chance: systemChance,
    log,
    ...(config.fleetID !== undefined && { fleetID: config.fleetID }),
  });
  const controller = createController({
    source,
    clouds,
    clock: systemClock,
    chance: systemChance,
    log,
    metrics,
    settings: config.settings,
    leadership: soleLeader,
    userData: composeUserData,
  });
  const probe = new AbortController();
  const stop = async () => {
    probe.abort();
    await controller.stop();
    await clouds.close();
  };
  const checkToken = () => tellMissingScopes(clouds, log, probe.signal);
  return { controller, source, simulatorURL: clouds.simulatorURL, checkToken, stop };
}

async function tellMissingScopes(clouds: OpenedClouds, log: Log, signal: AbortSignal): Promise<void> {
  try {
    const missing = await clouds.missingScopes(signal);
    if (missing.length === 0) return;
    log.warn(
      { missing },
      `the token lacks ${missing.join(', ')}: make one that has them, or expect refusals`,
    );
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the token’s scopes could not be probed');
  }
}
