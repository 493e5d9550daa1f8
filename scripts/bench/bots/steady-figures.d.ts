import type { Lab } from '../../lab/lab.ts';
import type { BotsSizes } from '../bots.ts';
import { type Figure } from '../figure.ts';
import type { BotFleet } from './bot-fleet.ts';
/** What it costs when nothing changes. */
export declare function steadyFigures(
  lab: Lab,
  fleet: BotFleet,
  { bots, beatMs, settleSeconds, steadySeconds }: BotsSizes,
): Promise<Figure[]>;
