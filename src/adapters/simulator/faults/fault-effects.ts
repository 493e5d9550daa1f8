import type { FaultRule } from './fault-rule.ts';

/** What a client sees of each fault, and whether its request takes effect. */
export const faultEffects: Readonly<Record<FaultRule['effect'], string>> = {
  cutBefore: 'the connection closed; no effect',
  cutAfter: 'the connection closed, a lost answer; takes effect',
  cutDuring: 'half a body, then the connection closed; takes effect',
  hangBefore: 'nothing, until its own deadline; no effect',
  hangAfter: 'nothing, until its own deadline; takes effect',
  late: 'nothing, until its own deadline; takes effect delayMs later',
  status: 'status (default 503) with message, as JSON or html; takes effect only with applied',
  brokenJSON: 'the right status with half a body; takes effect',
  delay: 'the right answer, delayMs later; takes effect at once',
  hide: 'the droplets meant as if they were not there: 404, and lists without them; takes effect on all others',
  garble: 'the droplets meant with field null, rows that cannot be read; takes effect',
};
