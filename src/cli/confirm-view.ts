import { deletionPolicyOf } from '../model/bot-spec.ts';
import { effectiveDroplet } from '../model/droplet-spec.ts';
import type { Hold } from '../model/fleet-state.ts';
import type { BotRecord } from '../model/records.ts';
import { formatUSD } from './money.ts';

/** What the confirmation of this bot makes or destroys. */
export function consequence(kind: Hold['kind'], bot: BotRecord): string {
  return `  ${bot.key}: ${consequences[kind](bot)}`;
}

const consequences: Readonly<Record<Hold['kind'], (bot: BotRecord) => string>> = {
  delete: ending,
  recreate: creation,
  destroy: ({ status }) =>
    `a droplet of its name is destroyed${status.droplet ? `; ${status.droplet.id} stays, or is replaced` : ''}`,
};

function ending({ status, spec }: BotRecord): string {
  const { droplet } = status;
  if (!droplet) return 'its record is dropped; it has no droplet';
  const what = `droplet ${droplet.id} (${[droplet.publicIPv4, droplet.size].filter(Boolean).join(', ')})`;
  return spec && deletionPolicyOf(spec) === 'Orphan'
    ? `${what} is released and runs on`
    : `${what} is destroyed`;
}

function creation({ spec, status }: BotRecord): string {
  const { size, region } = effectiveDroplet(spec?.droplet);
  const lost = status.droplet?.id ?? status.knownDropletIDs?.at(-1);
  const price = status.droplet && `, ${formatUSD(status.droplet.priceMonthlyUSD)} a month`;
  const place = lost === undefined ? '' : ` in the place of ${lost}`;
  return `a new droplet (${size}, ${region}${price ?? ''})${place}`;
}
