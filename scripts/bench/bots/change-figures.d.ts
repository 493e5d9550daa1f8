import type { Lab } from '../../lab/lab.ts';
import { type Figure } from '../figure.ts';
import type { BotFleet } from './bot-fleet.ts';
/** Every bot's trading is changed at once. */
export declare function changeFigures(lab: Lab, fleet: BotFleet): Promise<Figure[]>;
