import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import { defaultSettings, type Settings } from '../../src/adapters/simulator/settings.ts';

/** A cloud with most traps of the real one, ten times as quick as the simulator's own default. */
export const chaoticCloud: Settings = {
  ...defaultSettings,
  bootMs: 400,
  actionMs: 250,
  deleteMs: 300,
  listLagMs: 500,
  latencyMs: 5,
  jitter: 0.3,
  lateTags: 0.05,
  shutdownIgnored: 0.1,
  deleteIgnored: 0.02,
  deleteRefused: 0.05,
  dropletLimit: 100_000,
  hourlyLimit: 0,
  minuteLimit: 0,
};

/** Longer than lists lag and than a create may take effect late. */
export const settlingWindowMs = 2_000;

const create = { method: 'POST', path: '/v2/droplets' };
const destroy = { method: 'DELETE', path: '/v2/droplets/*' };
const act = { method: 'POST', path: '/v2/droplets/*/actions' };
const read = { method: 'GET' };
const tag = { path: '/v2/tags/*/resources' };

/** Lost answers, late effects, errors of the edge and of the API, half answers, and refusals for haste. */
export const faults: readonly FaultRule[] = [
  { match: create, probability: 0.06, effect: 'cutAfter' },
  { match: create, probability: 0.03, effect: 'cutBefore' },
  { match: create, probability: 0.03, effect: 'late', delayMs: 1_000 },
  { match: create, probability: 0.03, effect: 'brokenJSON' },
  { match: create, probability: 0.03, effect: 'status', status: 504, html: true, applied: true },
  { match: create, probability: 0.03, effect: 'status', status: 503, html: true },
  { match: create, probability: 0.02, effect: 'status', status: 429, retryAfterSeconds: 1 },
  { match: create, probability: 0.1, effect: 'delay', delayMs: 300 },
  { match: destroy, probability: 0.05, effect: 'cutAfter' },
  { match: destroy, probability: 0.03, effect: 'status', status: 500 },
  { match: act, probability: 0.05, effect: 'cutAfter' },
  { match: act, probability: 0.03, effect: 'status', status: 504, html: true, applied: true },
  { match: act, probability: 0.03, effect: 'status', status: 503, html: true },
  { match: tag, probability: 0.05, effect: 'cutAfter' },
  { match: read, probability: 0.02, effect: 'cutDuring' },
  { match: read, probability: 0.02, effect: 'status', status: 502, html: true },
  { match: read, probability: 0.01, effect: 'status', status: 429, retryAfterSeconds: 1 },
];
