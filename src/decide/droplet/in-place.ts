import { birthTag } from '../../model/birth.ts';
import { botTag, commonTag, dropletName, fleetTag, keyTag, releasedTag } from '../../model/identity.ts';
import type { BotStatus, DropletRecord } from '../../model/spec/bot-status.ts';
import { dropletFields, switchAction, switchedFields } from '../../model/spec/droplet-fields.ts';
import type { ActionRequest, Droplet } from '../../ports/cloud.ts';
import type { DriftKind } from '../../ports/metrics.ts';
import { type Effect, refusable } from '../effect.ts';
import { type Concern, cloudAge, progressing, type Situation, type Verdict } from '../situation.ts';
import { seenDroplet } from './power.ts';
import { afterRefusal } from './refusal.ts';
import { unlessRecent } from './unless-recent.ts';

/**
 * A young droplet that shows none of its tags yet is left alone:
 * TRAPS.md#8-tags-are-folded-and-may-come-late.
 */
const tagsLateMs = 120_000;

/** Corrects, one at a time, what can be changed on a live droplet: tags, name, backups, IPv6, project. */
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
  /** The kind of drift, if nobody asked for the difference. */
  readonly drift: DriftKind;
  readonly what: string;
  readonly status?: BotStatus;
}

function carryOut(situation: Situation, change: Change): Verdict {
  const { effect, what, status = situation.status } = change;
  const refusal = notWhileRefused(situation, effect);
  if (refusal) return refusal;
  const verdict = unlessRecent(situation, effect, progressing('Correcting', what));
  if (!verdict.effect) return verdict;
  const asked = situation.status.observedGeneration !== situation.bot.generation;
  const drift = asked ? [] : ([{ kind: change.drift, stage: 'found' }] as const);
  return { status, ...verdict, drift };
}

/** Waits, before repeating what the cloud has refused, until the back-off ends or the spec changes. */
function notWhileRefused(situation: Situation, effect: Effect): Verdict | undefined {
  const what = refusable(effect);
  return afterRefusal(situation, what, { reason: 'ChangeRefused', subject: `${what} was refused: ` });
}

/** The tags that a bot's droplet must carry; lower case, as tags are compared without regard to case. */
export function requiredTags(situation: Pick<Situation, 'bot' | 'fleetID' | 'wanted'>): string[] {
  const { bot, fleetID, wanted } = situation;
  const ours = [commonTag, botTag(bot.uid), fleetTag(fleetID), keyTag(bot.key)];
  return [...ours, ...wanted.tags.map((tag) => tag.toLowerCase())];
}

/** Without its birth, a droplet could not be distinguished from one that a person restored. */
function birthTags({ droplet }: BotStatus): string[] {
  const birth = droplet?.birth === undefined ? [] : [birthTag(droplet.birth)];
  return droplet?.request === undefined ? birth : [...birth, droplet.request];
}

function tagChange(situation: Situation, droplet: Droplet): Change | undefined {
  const required = [...requiredTags(situation), ...birthTags(situation.status)];
  const missing = required.find((tag) => !droplet.tags.includes(tag));
  if (missing !== undefined) return addTag(situation, droplet, missing);
  const managed = situation.status.droplet?.managedTags ?? [];
  // A droplet that was released once and is a bot's again must not look released.
  const dropped = [...managed, releasedTag].find(
    (tag) => !required.includes(tag) && droplet.tags.includes(tag),
  );
  if (dropped === undefined) return undefined;
  return {
    effect: { kind: 'untag', dropletID: droplet.id, tag: dropped },
    drift: 'Retagged',
    what: `Removing tag ${dropped}`,
  };
}

/** Until when the tags may merely be late (epoch ms); undefined if any of them shows or time is up. */
export function tagsLateUntil(situation: Situation): number | undefined {
  const droplet = seenDroplet(situation);
  if (!droplet || requiredTags(situation).some((tag) => droplet.tags.includes(tag))) return undefined;
  const leftMs = tagsLateMs - cloudAge(situation, droplet.createdAt);
  return leftMs > 0 ? situation.now + leftMs : undefined;
}

/**
 * A tag counts as ours before it is sent: whatever becomes of the call, it is removed once it is no longer
 * declared.
 */
function addTag(situation: Situation, droplet: Droplet, tag: string): Change | undefined {
  const record = situation.status.droplet;
  const managed = record?.managedTags.includes(tag) ?? false;
  if (managed && tagsLateUntil(situation) !== undefined) return undefined;
  const effect = { kind: 'tag', dropletID: droplet.id, tag } as const;
  const change: Change = { effect, drift: 'Retagged', what: `Adding tag ${tag}` };
  if (!record || managed) return change;
  return {
    ...change,
    status: { ...situation.status, droplet: { ...record, managedTags: [...record.managedTags, tag] } },
  };
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
  for (const field of switchedFields) {
    const type = wanted[field] === droplet[field] ? undefined : switchAction(field, wanted[field]);
    if (type === undefined) continue;
    const { drift, noun } = dropletFields[field].change;
    const what = `Switching ${noun} ${wanted[field] ? 'on' : 'off'}`;
    return { effect: action(droplet, { type }), drift, what };
  }
  return undefined;
}

function action(droplet: Droplet, request: ActionRequest): Effect {
  return { kind: 'act', dropletID: droplet.id, request };
}

function projectChange(situation: Situation, record: DropletRecord): Verdict | undefined {
  const { projectID } = situation.wanted;
  if (projectID === undefined || projectID === record.projectID) return undefined;
  const effect = { kind: 'assign', dropletID: record.id, projectID } as const;
  const refusal = notWhileRefused(situation, effect);
  if (refusal) return refusal;
  return unlessRecent(
    situation,
    effect,
    progressing('Correcting', `Filing the droplet under project ${projectID}`),
  );
}
