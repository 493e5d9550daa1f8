import type { Lab } from '../../lab/lab.ts';
import type { BotsSizes } from '../bots.ts';
import { type Figure } from '../figure.ts';
import type { BotFleet } from './bot-fleet.ts';
/** The same when the controller itself ends TLS. */
export declare function tlsFigures(
  lab: Lab,
  fleet: BotFleet,
  { settleSeconds, steadySeconds }: BotsSizes,
): Promise<Figure[]>;
