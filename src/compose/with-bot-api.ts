import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { BotAPIGate } from '../bot-api/bot-api-gate.ts';
import { openBotAPI } from '../bot-api/open-bot-api.ts';
import type { Controller } from '../controller/controller.ts';
import type { AgentSettings } from '../controller/settings.ts';

/** How bots are served. */
export interface BotAPIOptions {
  readonly agents: AgentSettings;
  /** What the listener serves; opened while the controller runs. */
  readonly gate: BotAPIGate;
  /** Calls that may wait for a config at once. */
  readonly maxLongPolls: number;
  /** `host:port` at which this process takes bots' calls from those that do not lead; undefined: nowhere. */
  readonly peerAddress: string | undefined;
}

/** Where this process stands. */
export interface BotAPIAddress {
  /** Told to bots. */
  readonly controlPlaneURL: string | undefined;
  /** `host:port` of the process that leads, when it is known and another one than this. */
  readonly leader: () => string | undefined;
}

/** The same controller, which answers bots behind the gate from its start until it stops. */
export function withBotAPI(
  controller: Controller,
  { gate, maxLongPolls }: BotAPIOptions,
  { controlPlaneURL, leader }: BotAPIAddress,
): Controller {
  const backend = controller.agents;
  if (!backend) throw new Error('the bot API is served, but the engine was built without agents');
  const parts = { clock: systemClock, chance: systemChance, controlPlaneURL, maxLongPolls, leader };
  const api = openBotAPI({ backend, ...parts });
  return {
    ...controller,
    async start() {
      await controller.start();
      gate.open(api);
    },
    // Who waits for a config is sent home first; a report under way is stored as far as the time allows.
    async stop() {
      api.close();
      await controller.stop();
      gate.shut();
    },
  };
}
