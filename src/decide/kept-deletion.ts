import { isProtected } from '../model/is-ending.ts';
import type { Deletion } from '../model/records.ts';
import type { Input } from './input.ts';

/**
 * The deletion that `spec.deletionProtection` keeps from happening: the bot is looked after as if nobody had asked for
 * it. A hold after a mass loss comes first, since it ends by itself when the declarations return.
 */
export function keptDeletion({ bot, held, released }: Input): Deletion | undefined {
  return isProtected(bot) && held !== 'delete' && !released ? bot.deletion : undefined;
}
