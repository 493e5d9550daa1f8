import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { CloudSituation } from '../input.ts';
import { cloudAge, commandFor, progressing, type Situation, stalled, type Waiting } from '../situation.ts';

/** A boot counts among the creates under way for this long: one that hangs must not hinder the others. */
const slotMs = 10 * 60_000;
/** DigitalOcean boots a droplet within a minute or two; one that takes this long never comes up. */
const stuckMs = 20 * 60_000;

type Booting = Pick<Situation, 'status'> & { readonly cloud: Pick<CloudSituation, 'time'> };

/** Age of a droplet that is still `new`, by the cloud's clock; undefined for any other. */
function bootingMs({ status: { droplet }, cloud }: Booting): number | undefined {
  return droplet?.status === 'new' ? cloudAge({ cloud }, droplet.createdAt) : undefined;
}

/** Whether the bot has a create or a boot under way that counts against `--max-concurrent-creates`. */
export function isCreating(booting: Booting): boolean {
  const ms = bootingMs(booting);
  return booting.status.createAttempt !== undefined || (ms !== undefined && ms < slotMs);
}

export function isBootStuck(booting: Booting): boolean {
  return (bootingMs(booting) ?? 0) >= stuckMs;
}

/** When a boot under way stops counting, or is given up (epoch ms). */
export function nextBootLook(situation: Situation): number | undefined {
  const ms = bootingMs(situation);
  const next = ms === undefined ? undefined : [slotMs, stuckMs].find((limit) => ms < limit);
  return ms === undefined || next === undefined ? undefined : situation.now + next - ms;
}

/** What a bot waits for while its droplet is `new`. */
export function bootWaiting(situation: Situation, dropletID: number): Waiting {
  if (!isBootStuck(situation)) return progressing('Booting', `Droplet ${dropletID} is booting`);
  const { bootReplaced, droplet } = situation.status;
  const again = bootReplaced ? ', as did the one that it replaced' : '';
  const message =
    `Droplet ${dropletID} has stayed \`new\` for over ${stuckMs / 60_000} minutes, since ${droplet?.createdAt}${again}: look at ` +
    `https://status.digitalocean.com, or run ${commandFor(situation.bot, 'redeploy')} to get another`;
  return stalled('BootStuck', message);
}

/**
 * Whether the droplet is replaced because it hangs in its boot: if the policy says so, and once until one
 * comes up.
 */
export function isBootReplaced({ status, cloud, wanted, running }: Situation): boolean {
  const isWanted = running && wanted.replacePolicy === 'Automatic' && !status.bootReplaced;
  return isWanted && status.droplet?.origin === 'Created' && isBootStuck({ status, cloud });
}

/** The status with a replacement of a droplet that hung in its boot; the next one is left to a person. */
export function withBootReplaced(status: BotStatus): BotStatus {
  return { ...status, bootReplaced: true };
}
