import { commandFor } from '../droplet/command-for.ts';
import { type Situation, stalled, type Waiting } from '../situation.ts';

/** What a bot shows whose protection keeps it: this goes before whatever else it waits for, and names that too. */
export function keptWaiting(situation: Situation, waiting: Waiting | undefined): Waiting | undefined {
  if (!situation.kept) return waiting;
  const also = waiting ? `. Meanwhile ${waiting.reason}: ${waiting.message}` : '';
  return stalled('DeletionProtected', `${whatKeeps(situation)}${also}`);
}

function whatKeeps({ bot, kept }: Situation): string {
  const letGo = `run ${commandFor(bot, 'confirm delete')}`;
  return kept?.implicit
    ? `It is no longer declared, and spec.deletionProtection keeps it with its droplet: declare it again, or, to let it go, ${letGo}`
    : `Its deletion is asked for, and spec.deletionProtection keeps it with its droplet: to let it go, set that to false, or ${letGo}`;
}
