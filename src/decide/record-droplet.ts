import type { BotStatus, DropletRecord, DropletTemplate } from '../model/bot-status.ts';
import type { CloudIdentity, Droplet } from '../ports/cloud.ts';
import { withAgentOf } from './enrolment.ts';
import { omit } from './omit.ts';

interface Provenance {
  readonly cloud: CloudIdentity;
  readonly origin: DropletRecord['origin'];
  /** Shown by GET or a list, not merely by the answer to its own create. */
  readonly seen: boolean;
  readonly template?: DropletTemplate;
  /** The create whose answer it came with. */
  readonly attemptID?: string;
}

/** The status once `droplet` is known to be the bot's own; whatever led there is settled. */
export function recordDroplet(status: BotStatus, droplet: Droplet, provenance: Provenance): BotStatus {
  const { cloud, origin, seen, template, attemptID } = provenance;
  const managedTags = template?.tags ?? [];
  const record = {
    ...dropletFacts(droplet),
    origin,
    seen,
    cloud,
    managedTags,
    ...(template && { template }),
    ...(attemptID !== undefined && { attemptID }),
  };
  const rest = omit(withAgentOf(status, attemptID), 'createAttempt', 'refusal');
  return { ...rest, droplet: record, placeHeld: true };
}

/** The recorded droplet as the cloud tells it now. */
export function refreshDroplet(record: DropletRecord, droplet: Droplet, seen: boolean): DropletRecord {
  const kept = omit(record, 'publicIPv4');
  return { ...kept, ...dropletFacts(droplet), seen: record.seen || seen };
}

function dropletFacts(droplet: Droplet) {
  const { id, name, status, region, size, image, createdAt, priceMonthlyUSD, publicIPv4 } = droplet;
  const facts = { id, name, status, region, size, image, createdAt, priceMonthlyUSD };
  return publicIPv4 === undefined ? facts : { ...facts, publicIPv4 };
}
