import Type from 'typebox';
import { badRequest, notFound } from '../api/api-error.ts';
import { FaultRuleSchema } from '../faults/fault-rule.ts';
import { SettingsSchema } from '../settings.ts';
import { type AdminCall, type AdminRoute, parseAs } from './admin-route.ts';
import type { JournalQuery } from './journal.ts';
import { peopleRoutes } from './people-routes.ts';
import { simulatorHelp } from './simulator-help.ts';

const SettingsPatchSchema = Type.Partial(SettingsSchema);
const SkipSchema = Type.Object({ advanceMs: Type.Number({ minimum: 0 }) }, { additionalProperties: false });

/**
 * What a test, or a person with curl, can see and do outside of the API: without token, limit or
 * journal entry. Errors have the API's shape.
 */
export const adminRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/_simulator/help', what: 'this', answer: () => simulatorHelp(adminRoutes) },
  {
    method: 'GET',
    path: '/_simulator/faults',
    what: 'the ordered faults, with how often each matched and fired',
    answer: ({ simulator }) => ({ faults: simulator.faults.list() }),
  },
  {
    method: 'POST',
    path: '/_simulator/faults',
    what: 'orders a fault and returns its id: effect, and the fields below',
    answer: orderFault,
  },
  { method: 'DELETE', path: '/_simulator/faults', what: 'withdraws all', answer: withdrawAll },
  { method: 'DELETE', path: '/_simulator/faults/:id', what: 'withdraws one', answer: withdrawFault },
  {
    method: 'GET',
    path: '/_simulator/journal',
    what: 'requests and outcomes; ?after=SEQ, ?route=ROUTE, ?method=METHOD',
    answer: readJournal,
  },
  {
    method: 'GET',
    path: '/_simulator/counts',
    what: 'requests and statuses by route',
    answer: ({ simulator }) => ({ routes: simulator.journal.counts() }),
  },
  {
    method: 'GET',
    path: '/_simulator/lives',
    what: 'droplets of the main team: created, destroyed, two of one name at a time, and cost',
    answer: readLives,
  },
  ...peopleRoutes,
  {
    method: 'GET',
    path: '/_simulator/settings',
    what: 'how the cloud behaves',
    answer: ({ simulator }) => ({ settings: simulator.settings }),
  },
  {
    method: 'PATCH',
    path: '/_simulator/settings',
    what: 'changes some settings, for everything that begins from now on',
    answer: changeSettings,
  },
  {
    method: 'GET',
    path: '/_simulator/clock',
    what: 'the true time of the cloud, epoch milliseconds',
    answer: ({ simulator }) => ({ now: simulator.now() }),
  },
  {
    method: 'POST',
    path: '/_simulator/clock',
    what: 'moves the time forward by advanceMs: boots and actions are done that much sooner',
    answer: skipTime,
  },
];

function orderFault({ simulator, body }: AdminCall): unknown {
  return { id: simulator.faults.order(parseAs(FaultRuleSchema, body)) };
}

function withdrawAll({ simulator }: AdminCall): undefined {
  simulator.faults.withdraw();
}

function withdrawFault({ simulator, params }: AdminCall): undefined {
  if (!simulator.faults.withdraw(params[0] ?? '')) throw notFound();
}

function readJournal({ simulator, query }: AdminCall): unknown {
  const asked: { -readonly [Key in keyof JournalQuery]: JournalQuery[Key] } = {};
  const [after, route, method] = [query.get('after'), query.get('route'), query.get('method')];
  if (after !== null && !/^\d+$/.test(after)) throw badRequest(`after must be a number, not ${after}`);
  if (after !== null) asked.after = Number(after);
  if (route !== null) asked.route = route;
  if (method !== null) asked.method = method;
  return { entries: simulator.journal.entries(asked) };
}

function readLives({ simulator }: AdminCall): unknown {
  const { lives } = simulator;
  return { lives: lives.lives(), overlaps: lives.overlaps(), cost: lives.cost(simulator.now()) };
}

function changeSettings({ simulator, body }: AdminCall): unknown {
  simulator.change(parseAs(SettingsPatchSchema, body));
  return { settings: simulator.settings };
}

function skipTime({ simulator, body }: AdminCall): unknown {
  simulator.skip(parseAs(SkipSchema, body).advanceMs);
  return { now: simulator.now() };
}
