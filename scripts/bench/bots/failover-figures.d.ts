import type { Lab } from '../../lab/lab.ts';
import type { BotsSizes } from '../bots.ts';
import { type Figure } from '../figure.ts';
import type { BotFleet } from './bot-fleet.ts';
/** The controller is killed, and another one takes over: all agents connect anew. */
export declare function failoverFigures(
  lab: Lab,
  fleet: BotFleet,
  { failoverSeconds }: BotsSizes,
): Promise<Figure[]>;
/** Resolves when every bot has beaten since. */
export declare function heard(fleet: BotFleet): Promise<void>;
