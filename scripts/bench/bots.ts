import type { Lab } from '../../test/lab/lab.ts';
import { BotFleet } from './bots/bot-fleet.ts';
import type { BotsSizes } from './bots/bots-sizes.ts';
import { changeFigures } from './bots/change-figures.ts';
import { failoverFigures } from './bots/failover-figures.ts';
import { steadyFigures } from './bots/steady-figures.ts';
import { tlsFigures } from './bots/tls-figures.ts';
import type { Figure } from './figure.ts';

const sizes: BotsSizes = {
  bots: 10_000,
  beatMs: 30_000,
  retryMs: 30_000,
  settleSeconds: 35,
  steadySeconds: 60,
  failoverSeconds: 150,
};

/** Agents that beat and wait for their config over real HTTP, in processes of their own. */
export async function bots(lab: Lab, asked: BotsSizes = sizes): Promise<Figure[]> {
  const fleet = await BotFleet.enrolled(lab, asked.bots);
  fleet.agents.live(asked);
  await fleet.ready();
  const steady = await steadyFigures(lab, fleet, asked);
  const change = await changeFigures(lab, fleet);
  const failover = await failoverFigures(lab, fleet, asked);
  const tls = await tlsFigures(lab, fleet, asked);
  return [...steady, ...change, ...failover, ...tls];
}
