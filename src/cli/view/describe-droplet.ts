import type { DropletRecord } from '../../model/spec/bot-status.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';
import { fieldLines } from '../text/sections.ts';

export function dropletLines(droplet: DropletRecord | undefined, now: number): string[] {
  if (!droplet) return ['  none'];
  return fieldLines(
    [
      ['ID', String(droplet.id)],
      ['Name', droplet.name],
      ['Status', droplet.seen ? droplet.status : `${droplet.status} (not seen since its create)`],
      ['Public IPv4', droplet.publicIPv4],
      ['Region', droplet.region],
      ['Size', `${droplet.size}, ${formatUSD(droplet.priceMonthlyUSD)} a month`],
      ['Image', droplet.image],
      ['Created', `${droplet.createdAt} (${ageSince(droplet.createdAt, now)} ago)`],
      ['Origin', droplet.origin === 'Adopted' ? 'adopted' : undefined],
      ['Cloud', `${droplet.cloud.apiURL}, account ${droplet.cloud.accountUUID}`],
    ],
    '  ',
  );
}
