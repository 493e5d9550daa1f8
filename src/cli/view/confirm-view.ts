import type { BotRecord } from '../../model/records.ts';
import { deletionPolicyOf } from '../../model/spec/bot-spec.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import type { Candidate } from '../select/candidates.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';

/** What the confirmation of this bot makes or destroys, as far as its record tells. */
export function consequence(kind: 'delete' | 'recreate', bot: BotRecord): string {
  return `  ${bot.key}: ${kind === 'delete' ? ending(bot) : creation(bot)}`;
}

/** What is destroyed of the bot's droplets, as the cloud shows them: duplicates, else the recorded one, which is replaced. */
export function destructionLines(
  { key }: BotRecord,
  candidates: readonly Candidate[],
  now: number,
): string[] {
  const told = ({ droplet, birth }: Candidate) =>
    `droplet ${droplet.id} (${[droplet.status, droplet.publicIPv4, birth && `birth ${birth}`, `created ${ageSince(droplet.createdAt, now)} ago`].filter(Boolean).join(', ')})`;
  const recorded = candidates.find(({ standing }) => standing.kind === 'recorded');
  const late = candidates.filter(({ standing }) => standing.kind === 'late');
  const stays = recorded ? `; ${told(recorded)} stays` : '';
  if (late.length > 0) return late.map((one) => `  ${key}: ${told(one)} is destroyed as a duplicate${stays}`);
  return [
    recorded ? `  ${key}: ${told(recorded)} is destroyed and created again` : `  ${key}: nothing, as of now`,
  ];
}

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
