import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldHint } from '../../../src/cli/commands/get.ts';
import { candidateTable, requireChoice, resolutionLines } from '../../../src/cli/edit/resolution-plan.ts';
import { type Candidate, candidatesOf } from '../../../src/cli/select/candidates.ts';
import { plain } from '../../../src/cli/text/terminal.ts';
import { showFleet } from '../../../src/cli/view/fleet-view.ts';
import { birthTag } from '../../../src/model/birth.ts';
import { dropletName, fleetTag, releasedTag } from '../../../src/model/identity.ts';
import type { Cloud, Droplet } from '../../../src/ports/cloud.ts';
import { PortError } from '../../../src/ports/port-error.ts';
import { ago, dropletOf, fakeReader, fleetState, now, readyBot } from '../records.ts';

const { fleetID } = fleetState();
const alpha = readyBot('alpha', 1);
const status = { ...alpha.status, births: 2, droplet: { ...dropletOf(1), birth: 2 } };
const bot = { ...alpha, status };
const beta = readyBot('beta', 6);

function droplet(id: number, tags: readonly string[], change: Partial<Droplet> = {}): Droplet {
  const name = dropletName(bot.uid);
  return {
    id,
    name,
    status: 'active',
    tags,
    createdAt: ago(60),
    publicIPv4: `203.0.113.${id}`,
    ...change,
  } as Droplet;
}

const ours = (...tags: string[]) => [fleetTag(fleetID), ...tags];

/** One of each kind, but for 9: a search still shows it though it is gone. */
const there = [
  droplet(1, ours(birthTag(2))),
  droplet(2, ours(birthTag(1))),
  droplet(3, ours(birthTag(3))),
  droplet(4, ours(birthTag(2))),
  droplet(5, ours()),
  droplet(6, ours(birthTag(1))),
  droplet(7, [fleetTag('other000'), birthTag(3)]),
  droplet(8, [releasedTag]),
  droplet(10, []),
  droplet(11, [], { status: 'new' }),
];

const cloud = {
  cloudNow: () => now,
  listByName: async () => ({ droplets: [...there, droplet(9, ours(birthTag(1)))], unreadable: [] }),
  getDroplet: async (id: number) => {
    const found = there.find((one) => one.id === id);
    if (found) return found;
    throw new PortError({ kind: 'absent' }, `no droplet ${id}`);
  },
} as unknown as Cloud;

async function candidates(): Promise<readonly Candidate[]> {
  return (await candidatesOf(bot, cloud, { fleetID, bots: [bot, beta] })).candidates;
}

async function choose(keep: number): Promise<Candidate> {
  const found = await candidates();
  return requireChoice(bot, found, { keep, fleetID, table: candidateTable(found, now, plain) });
}

test('droplets of a bot are judged as the controller judges them, and what a search shows too long is left out', async () => {
  assert.deepEqual(
    (await candidates()).map(({ droplet: { id }, standing: { kind } }) => `${id} ${kind}`),
    [
      ...['1 recorded', '2 late', '3 ahead', '4 twin', '5 unborn'],
      ...['6 taken', '7 foreign', '8 released', '10 stranger', '11 unjudged'],
    ],
  );
});

test('a droplet of another fleet, of another bot, released or untagged is not kept, and it is said why', async () => {
  for (const [id, why] of [
    [6, /on record for bot default\/beta/],
    [7, /of fleet other000/],
    [8, /released from the fleet/],
    [10, /without the fleet’s tag/],
    [9, /Droplet 9 is neither on record for bot default\/alpha nor bears its name, as these do:/],
    [12, /Droplet 12 is neither on record/],
  ] as const)
    await assert.rejects(choose(id), why);
  for (const id of [1, 2, 3, 4, 5, 11]) assert.equal((await choose(id)).droplet.id, id);
});

test('what has a birth is destroyed beside the one that is kept, and nothing else', async () => {
  const lines = resolutionLines(bot, await candidates(), await choose(3)).map((line) => line.trim());
  const destroyed = lines.filter((line) => line.endsWith('is destroyed, with everything on it.'));
  assert.deepEqual(
    destroyed.map((line) => Number.parseInt(line, 10)),
    [1, 2, 4],
  );
  assert.match(lines[2] ?? '', /^3 is put on record in the place of 1\./);
  assert.match(lines[4] ?? '', /^5 is left alone: it has no birth, so a person made it\./);
  assert.match(lines[6] ?? '', /^7 is left alone: it is of fleet other000\.$/);
});

test('fleet show tells of an old state, an incident, decisions, and what was destroyed unasked', () => {
  const waiting = {
    reason: 'CloudIncident',
    message: '3 of 3 droplets are missing',
    status: 'False',
    type: 'Ready',
  };
  const stuck = { ...bot, status: { ...status, conditions: [{ ...waiting, lastTransitionTime: ago(5) }] } };
  const destroyed = { dropletID: 8, accountUUID: 'acc-1' };
  const fleet = fleetState({
    oldState: { since: ago(60), droplets: 3 },
    resolutions: [{ key: bot.key, keep: 3 }],
    holds: [{ kind: 'destroy', since: ago(90), keys: ['default/c'], before: 1 }],
    confirmed: { delete: [], recreate: [], destroy: ['default/d'] },
    destructions: [
      { ...destroyed, at: ago(120) },
      { ...destroyed, dropletID: 7, at: ago(700) },
    ],
  });
  const place = { source: '/srv/bots', state: '/srv/state.db', identity: fleet.boundTo };
  const text = showFleet(fleet, [stuck as typeof bot], place, now, plain);
  assert.match(text, /^Old state: +for 60s, 3 droplets newer than it: nothing is destroyed .*accept-state`/m);
  assert.match(text, /^Cloud: +3 of 3 droplets are missing \(1 bot\)$/m);
  assert.match(text, /^ {2}default\/alpha keeps droplet 3; it is carried out next$/m);
  assert.match(
    text,
    /destruction that nobody asked for, of more droplets than usual: 1 bot, for 90s: default\/c\. Let go by `clawfleet confirm destroy` \(look by its --dry-run\)$/m,
  );
  assert.match(text, /^ {2}destroy: default\/d$/m);
  assert.match(text, /^ {2}droplet 8, 2m ago$/m);
  assert.doesNotMatch(text, /droplet 7/);
  assert.match(
    heldHint(fakeReader({ fleet })) ?? '',
    /^1 bot with a droplet that is kept .*`clawfleet confirm destroy default\/c`/,
  );
});
