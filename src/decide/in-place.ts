import type { DropletRecord } from '../model/bot-status.ts';
import { botTag, commonTag, dropletName, fleetTag, keyTag } from '../model/identity.ts';
import type { ActionRequest, Droplet } from '../ports/cloud.ts';
import type { Effect } from './effect.ts';
import { once } from './once.ts';
import { seenDroplet } from './power.ts';
import { type Concern, progressing, type Situation, timeOf, type Verdict } from './situation.ts';

/** Tags may appear only after boot (digitalocean.md, trap 8): a young droplet without them is left alone. */
const tagsLateMs = 120_000;

/** Corrects, one at a time, what can be changed on a living droplet: tags, name, backups, IPv6, project. */
export const inPlace: Concern = (situation) => {
  const droplet = seenDroplet(situation);
  const record = situation.status.droplet;
  if (!droplet || !record || droplet.status === 'new' || situation.status.operation) return undefined;
  const change =
    tagChange(situation, droplet) ??
    nameChange(situation, droplet, record) ??
    featureChange(situation, droplet, record);
  return change ? carryOut(situation, change) : projectChange(situation, record);
};

interface Change {
  readonly effect: Effect;
  readonly drift: string | undefined;
  readonly what: string;
}

function carryOut(situation: Situation, change: Change): Verdict {
  const verdict = once(situation, change.effect, progressing('Correcting', change.what));
  const drift =
    change.drift === undefined || !verdict.effect ? [] : [{ kind: change.drift, stage: 'found' } as const];
  return { ...verdict, drift };
}

/** The tags that a bot's droplet must carry; lower case, as tags are compared without regard to case. */
export function requiredTags(situation: Pick<Situation, 'bot' | 'fleetID' | 'wanted'>): string[] {
  const { bot, fleetID, wanted } = situation;
  const ours = [commonTag, botTag(bot.uid), fleetTag(fleetID), keyTag(bot.key)];
  return [...ours, ...wanted.tags.map((tag) => tag.toLowerCase())];
}

function tagChange(situation: Situation, droplet: Droplet): Change | undefined {
  const required = requiredTags(situation);
  const missing = required.find((tag) => !droplet.tags.includes(tag));
  if (missing !== undefined) return addTag(situation, droplet, missing);
  const dropped = situation.status.droplet?.managedTags.find(
    (tag) => !required.includes(tag) && droplet.tags.includes(tag),
  );
  if (dropped === undefined) return undefined;
  return {
    effect: { kind: 'untag', dropletID: droplet.id, tag: dropped },
    drift: undefined,
    what: `Removing tag ${dropped}`,
  };
}

function addTag(situation: Situation, droplet: Droplet, tag: string): Change | undefined {
  const asked = situation.status.droplet?.managedTags.includes(tag) ?? false;
  if (asked && situation.now < timeOf(droplet.createdAt) + tagsLateMs) return undefined;
  const effect = { kind: 'tag', dropletID: droplet.id, tag } as const;
  return { effect, drift: asked ? 'Retagged' : undefined, what: `Adding tag ${tag}` };
}

function nameChange(situation: Situation, droplet: Droplet, record: DropletRecord): Change | undefined {
  const name = dropletName(situation.bot.uid);
  if (record.origin === 'Adopted' || droplet.name === name) return undefined;
  return {
    effect: action(droplet, { type: 'rename', name }),
    drift: 'Renamed',
    what: `Renaming the droplet back to ${name}`,
  };
}

function featureChange({ wanted }: Situation, droplet: Droplet, record: DropletRecord): Change | undefined {
  if (record.origin === 'Adopted') return undefined;
  if (wanted.backups !== droplet.backups) {
    const type = wanted.backups ? 'enable_backups' : 'disable_backups';
    return {
      effect: action(droplet, { type }),
      drift: 'Backups',
      what: `Switching backups ${wanted.backups ? 'on' : 'off'}`,
    };
  }
  if (!wanted.ipv6 || droplet.ipv6) return undefined;
  return { effect: action(droplet, { type: 'enable_ipv6' }), drift: 'IPv6', what: 'Switching IPv6 on' };
}

function action(droplet: Droplet, request: ActionRequest): Effect {
  return { kind: 'act', dropletID: droplet.id, request };
}

function projectChange(situation: Situation, record: DropletRecord): Verdict | undefined {
  const { projectID } = situation.wanted;
  if (projectID === undefined || projectID === record.projectID) return undefined;
  const effect = { kind: 'assign', dropletID: record.id, projectID } as const;
  return once(situation, effect, progressing('Correcting', `Filing the droplet under project ${projectID}`));
}
