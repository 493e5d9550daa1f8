import { isCreating } from '../../decide/droplet/boot.ts';
import { massLossWindowMs } from '../../model/mass-loss.ts';
import { type BotRecord, isProtected } from '../../model/records.ts';
import { openDoubts } from '../memory/in-doubt-tracker.ts';
import type { Engine } from './engine.ts';
import { type RecordIndex, RecordIndexes } from './record-indexes.ts';

type Indexed = Pick<
  Engine,
  'clock' | 'owners' | 'quota' | 'accounts' | 'holds' | 'agents' | 'doubts' | 'effects'
>;

/** Every index of the engine. A new index is added here and nowhere else. */
export function engineIndexes(engine: Indexed): RecordIndexes {
  const { owners, agents, doubts, effects } = engine;
  return new RecordIndexes([
    {
      update: (bot) => owners.update(bot),
      stored: (bot) => owners.update(bot),
      remove: (key) => owners.remove(key),
    },
    quotaIndex(engine),
    holdsIndex(engine),
    {
      stored: (bot) => doubts.retain(bot.uid, openDoubts(bot)),
      released: ({ uid }) => doubts.retain(uid, []),
    },
    { released: ({ uid }) => effects.forget(uid) },
    admissionIndex,
    // Last: whoever waits for a stored bot is notified from here.
    {
      update: (bot) => agents?.update(bot),
      stored: (bot) => agents?.stored(bot),
      remove: (key) => agents?.forget(key),
    },
  ]);
}

/** The place reserved for a create that was not sent becomes free when its pass ends. */
function quotaIndex({ quota, accounts }: Indexed): RecordIndex {
  const update = (bot: BotRecord) => {
    for (const account of quota.update(bot)) accounts.moved(account);
  };
  return {
    update,
    stored: update,
    passEnded: update,
    remove: (key) => {
      const account = quota.remove(key);
      if (account) accounts.moved(account);
    },
  };
}

function holdsIndex({ holds, clock }: Indexed): RecordIndex {
  return {
    update: ({ key, status, deletion }) => {
      if (status.droplet) holds.recreations.known(key);
      if (!deletion) holds.declared(key);
    },
    judgeDeletion: (bot) => {
      if (bot.deletion?.wholesale !== undefined) holds.deletions.seize(bot.key);
      else if (bot.deletion?.implicit && !isLongKept(bot, clock.now())) holds.deletions.lost(bot.key);
    },
    stored: ({ key, status }, { view }) => {
      if (status.droplet && view.lives(status.droplet.id)) holds.droplet(key);
    },
    released: ({ key }) => {
      holds.resolved(key);
      holds.spared(key);
    },
    remove: (key) => {
      holds.deletions.forget(key);
      holds.recreations.forget(key);
    },
  };
}

/** A bot that its protection has kept for that long counts as lost no more, not even after a restart. */
function isLongKept(bot: BotRecord, now: number): boolean {
  return isProtected(bot) && now - Date.parse(bot.deletion?.requestedAt ?? '') >= massLossWindowMs;
}

/** The slots for creates under way, at the site of the bot's token. */
const admissionIndex: RecordIndex = {
  stored: ({ key, status }, site) => {
    const creating = isCreating({ status, cloud: site.situation() });
    site.admission.settle(key, creating, status.replacements !== undefined);
  },
  released: ({ key }, { admission }) => admission.settle(key, false, false),
};
