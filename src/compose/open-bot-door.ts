import { systemClock } from '../adapters/system/system-clock.ts';
import type { BotAPI } from '../bot-api/bot-api.ts';
import { BotAPIGate } from '../bot-api/bot-api-gate.ts';
import type { BotAPIConfig } from '../config/bot-api-config.ts';
import type { Log } from '../ports/log.ts';
import { version } from './version.ts';

/** Where bots call: it is there before there is anybody to answer them. */
export interface BotDoor {
  /** Where it listens, as seen from this machine. */
  readonly url: string;
  /** From now on calls are answered. */
  open(api: BotAPI): void;
  /** Takes no more calls; resolves when all are answered, or cut after `patienceMs`. */
  end(patienceMs: number): Promise<void>;
}

/** Throws a PortError when the address or the certificate cannot be used. The server is loaded only here. */
export async function openBotDoor(config: BotAPIConfig, log: Log): Promise<BotDoor> {
  const { serveBotAPI } = await import('../adapters/http/bots/serve-bot-api.ts');
  const gate = new BotAPIGate(() => undefined);
  const { listen, trustedProxies, tls } = config;
  const server = await serveBotAPI({
    ...listen,
    api: gate,
    clock: systemClock,
    log,
    version,
    trustedProxies,
    tls,
  });
  return {
    url: server.url.replace(/\/\/(\[::\]|0\.0\.0\.0):/, '//127.0.0.1:'),
    open: (api) => gate.open(api),
    end: (patienceMs) => server.end(patienceMs),
  };
}
