import type { Budget } from '../../ports/budget.ts';

const endless = Number.POSITIVE_INFINITY;

/** Imagined calls cost nothing. */
export const unlimitedBudget: Budget = {
  reserve: () => ({ release: () => {} }),
  nextAt: () => 0,
  snapshot: () => ({
    hourlyLimit: endless,
    hourlyRemaining: endless,
    minuteLimit: endless,
    minuteRemaining: endless,
    blockedUntil: 0,
    queued: 0,
  }),
  onCapacity: () => () => {},
};
