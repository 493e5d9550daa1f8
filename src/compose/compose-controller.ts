import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { RunConfig } from '../config/run-config.ts';
import { type Controller, createController } from '../controller/controller.ts';
import type { LastDecision } from '../decide/decision.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { CloudObserver } from '../ports/cloud-observer.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Source } from '../ports/source.ts';
import type { ClusterObserver, Election, RunSource } from './election.ts';
import { type OpenedClouds, openCloud } from './open-cloud.ts';
import { openRunSource } from './open-source.ts';
import { secretBox } from './secret-box.ts';
import { composeUserData } from './user-data.ts';
import { type BotAPIOptions, withBotAPI } from './with-bot-api.ts';

export interface ComposeParts {
  readonly log: Log;
  readonly metrics: Metrics & { readonly cluster: ClusterObserver };
  readonly observer?: CloudObserver;
  /** Undefined: no bot API is served. */
  readonly botAPI?: BotAPIOptions;
}

/** What a controller is made of, and the controller once it runs. */
export interface Composition {
  readonly source: Source;
  readonly simulatorURL: string | undefined;
  /** The key by which replicas know each other; undefined while it is not known. */
  replicaKey(): Uint8Array | undefined;
  /** To be won before the start; undefined where there is nothing to win. */
  readonly election: Election | undefined;
  /** Starts the controller; once. */
  start(): Promise<Controller>;
  /** Why this process is not ready, a line each: at work, or to take over. */
  notReady(): readonly string[];
  /** What is wrong though it is ready. */
  warnings(): readonly string[];
  /** The last decision about a bot; undefined when there is no such bot, or this process does not lead. */
  decision(key: ResourceKey): LastDecision | undefined;
  /** Whether this process is the one that acts. */
  leads(): boolean;
  /** Warns of read scopes that the token lacks; never throws. */
  checkToken(): Promise<void>;
  /** Stops the controller, then what it stands on; gives up the lease in between. */
  stop(): Promise<void>;
}

/** The controller over the source and the cloud of the configuration; not started yet. */
export async function composeController(config: RunConfig, parts: ComposeParts): Promise<Composition> {
  const clouds = await openCloud(config, {
    ...(parts.observer && { observer: parts.observer }),
    agents: parts.botAPI !== undefined,
  });
  try {
    const place = await openRunSource(config, {
      log: parts.log,
      cluster: parts.metrics.cluster,
      peerAddress: parts.botAPI?.peerAddress,
    });
    return composition(config, parts, clouds, place);
  } catch (error) {
    await clouds.close();
    throw error;
  }
}

function composition(
  config: RunConfig,
  parts: ComposeParts,
  clouds: OpenedClouds,
  place: RunSource,
): Composition {
  const { source, election } = place;
  const probe = new AbortController();
  const leader = () => election?.leader();
  parts.botAPI?.gate.standBy(leader);
  let making: Controller | undefined;
  let running: Controller | undefined;
  return {
    source,
    simulatorURL: clouds.simulatorURL,
    replicaKey: () => place.replicaKey(),
    election,
    async start() {
      const { metrics, begin } = metricsFromStart(parts.metrics);
      const controller = makeController(config, { ...parts, metrics }, clouds, place);
      making = parts.botAPI
        ? withBotAPI(controller, parts.botAPI, {
            controlPlaneURL: config.settings.controlPlaneURL,
            leader,
          })
        : controller;
      await making.start();
      begin();
      running = making;
      return making;
    },
    notReady() {
      if (running) return running.overview().notReady;
      if (making) return ['the controller is starting'];
      return [election ? election.trouble() : 'the controller has not started'].filter(
        (why) => why !== undefined,
      );
    },
    warnings: () => running?.overview().warnings ?? [],
    decision: (key) => running?.decision(key),
    leads: () => place.leadership.msLeft() > 0,
    checkToken: () => tellMissingScopes(clouds, parts.log, probe.signal),
    async stop() {
      probe.abort();
      await making?.stop();
      await place.close();
      await clouds.close();
    },
  };
}

function makeController(
  config: RunConfig,
  { log, metrics, botAPI }: Pick<ComposeParts, 'log' | 'botAPI'> & { readonly metrics: Metrics },
  clouds: OpenedClouds,
  { source, leadership }: RunSource,
): Controller {
  return createController({
    source,
    clouds,
    clock: systemClock,
    chance: systemChance,
    log,
    metrics,
    settings: { ...config.settings, agents: botAPI?.agents },
    leadership,
    secretBox: secretBox(config.encryptionKeys),
    userData: composeUserData,
  });
}

/** There is nothing to scrape of a fleet that is not read yet: `begin` registers what is read at scrape time. */
function metricsFromStart(metrics: Metrics): { readonly metrics: Metrics; readonly begin: () => void } {
  let begin = () => {};
  return {
    metrics: {
      ...metrics,
      watch(queue, fleet) {
        begin = () => metrics.watch(queue, fleet);
      },
    },
    begin: () => begin(),
  };
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
