import { type BotAPIListener, listenForBots } from '../../compose/listen-for-bots.ts';
import type { RunConfig } from '../../config/run-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { BotCallObserver } from '../../ports/bot-call-observer.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { RunOutput } from './run-output.ts';

/** Opens the door for bots; nothing when none are served. */
export async function openDoor(
  { botAPI }: RunConfig,
  output: RunOutput,
  observer: BotCallObserver,
): Promise<BotAPIListener | undefined> {
  if (!botAPI) return undefined;
  try {
    const door = await listenForBots(botAPI, output.log, observer);
    output.tell(`Bot API: ${door.url}`, { botAPI: door.url });
    return door;
  } catch (error) {
    if (!faultOf(error) || !(error instanceof Error)) throw error;
    const remedy = 'Where another `clawfleet run` has the port, give another --bot-listen HOST:PORT';
    throw new UserError(error.message, `${remedy}; else another --tls-cert, or --no-bot-api.`);
  }
}

/** Simulated droplets find the bot API on this machine, unless something else is said. */
export function calledAt(config: RunConfig, door: BotAPIListener | undefined): RunConfig {
  const { settings, cloud } = config;
  const isPractice = cloud.kind === 'simulator' || cloud.loopback;
  if (!door || !isPractice || settings.controlPlaneURL !== undefined) return config;
  return { ...config, settings: { ...settings, controlPlaneURL: door.url } };
}
