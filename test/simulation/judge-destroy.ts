import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';
import { birthOfTags, requestTag } from '../../src/model/birth.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { History } from './histories.ts';
import type { Readings } from './readings.ts';
import type { Droplet, Truth } from './truth.ts';

/** Destructions that nobody asked for are counted over this time, in ms. */
const windowMs = 600_000;
/** The fleets of these runs are small: 2 % of their droplets are less than that. */
const mostUnasked = 2;

/** What is wrong with a DELETE that is about to reach the cloud; `victim` lives. */
export function judgeDestroy(
  truth: Truth,
  history: History,
  by: DirectorySource,
  readings: Readings,
  { id }: Droplet,
): string[] {
  const owner = truth.ownerOf(by, id);
  const isRecorded = owner?.status.droplet?.id === id;
  const isUnborn = birthOfTags(truth.bornAs(id).tags) === undefined;
  const wrong = [
    readings.isFresh(by, id, truth.now) ? '' : `${id} is destroyed, and was not read before`,
    truth.ledger.byHand.has(id) && isUnborn && !isRecorded ? `${id} is destroyed, which a person made` : '',
  ].filter(Boolean);
  if (isAskedFor(truth, owner, id)) return wrong;
  const stays = survivorOf(truth, by, readings, owner, id);
  if (!owner || !stays) return [...wrong, `${id} is destroyed, which nobody asked for`];
  return [
    ...wrong,
    ...(readings.isFresh(by, stays.id, truth.now)
      ? []
      : [`${id} is destroyed for ${stays.id}, which was not read`]),
    ...(hasLearned(truth, id, stays) ? [`${id} is destroyed for ${stays.id}, and was the bot's before`] : []),
    ...(truth.ledger.confirmed.has(owner.key) ? [] : surfeit(history, id, truth.now)),
  ];
}

/** Of the bot's own that live: the recorded one, or the one that was just found and is to be recorded. */
function survivorOf(
  truth: Truth,
  by: DirectorySource,
  readings: Readings,
  owner: BotRecord | undefined,
  victim: number,
): Droplet | undefined {
  const { name } = truth.bornAs(victim);
  const others = truth.droplets().filter(({ id, dying }) => id !== victim && !dying);
  const recorded = others.find(({ id }) => id === owner?.status.droplet?.id);
  if (recorded || owner?.status.droplet?.id === victim) return recorded;
  return others.find(({ id }) => truth.bornAs(id).name === name && readings.isFresh(by, id, truth.now));
}

/** Its bot is not declared any more, a person asked for another droplet, or said which of several stays. */
function isAskedFor(truth: Truth, owner: BotRecord | undefined, id: number): boolean {
  const { fleet, ledger } = truth;
  const { name, tags } = truth.bornAs(id);
  if (owner && ledger.resolved.has(owner.key)) return true;
  if (!owner || owner.deletion) return fleet.policyOf(fleet.names().get(name) ?? '') !== 'Orphan';
  const isNews = (request: string) => !tags.includes(requestTag(request)) || ledger.changed.has(id);
  return fleet.lately(owner.name).some(({ redeploys }) => redeploys > 0 && isNews(`r${redeploys}`));
}

/**
 * Whether the bot had it when the other one was made: what the bot has learned is there. A state that is behind cannot know
 * that of every one.
 */
function hasLearned({ ledger }: Truth, id: number, stays: Droplet): boolean {
  return ledger.recorded.has(id) && id < stays.id && !ledger.hasOldState;
}

function surfeit({ unasked }: History, id: number, now: number): string[] {
  for (const [other, at] of unasked) if (now - at >= windowMs) unasked.delete(other);
  unasked.set(id, now);
  return unasked.size > mostUnasked
    ? [`${unasked.size} droplets are destroyed in ten minutes, which nobody asked for`]
    : [];
}
