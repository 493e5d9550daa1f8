import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOutcome } from '../../../src/decide/apply-outcome.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Report } from '../../../src/model/agent-report.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus, CreateAttempt, RegistrationToken } from '../../../src/model/spec/bot-status.ts';
import {
  agentHash,
  agentOf,
  ago,
  attemptOf,
  botOf,
  concluded,
  condition,
  dropletOf,
  enrolled,
  inputOf,
  now,
  orderOf,
  ownedInput,
  recordOf,
  spec,
  tokenHash,
  uid,
} from '../input-builder.ts';

const otherHash = 'e'.repeat(64);
const hour = 3_600_000;
const fresh: RegistrationToken = { sha256: tokenHash, attemptID: 'a1', issuedAt: ago(60_000) };
const register = (agentSHA256 = agentHash, registrationSHA256 = tokenHash): Report => ({
  ...{ kind: 'register', registrationSHA256, agentSHA256 },
});
const withTokens = (...tokens: RegistrationToken[]): Partial<BotStatus> => ({ registration: { tokens } });

function told(
  reports: readonly Report[],
  status: Partial<BotStatus>,
  droplet = dropletOf(),
  declared = spec,
) {
  return decide(ownedInput(droplet, { status, spec: declared, input: { agent: agentOf({ reports }) } }));
}

describe('enrolment', () => {
  it('binds the agent’s token, and uses up the registration token', () => {
    const { status, answers, notes } = told([register()], withTokens(fresh));
    assert.deepEqual(answers, [{ kind: 'registered' }]);
    assert.deepEqual(status.registration, {
      tokens: [],
      agent: {
        ...{ sha256: agentHash, registrationSHA256: tokenHash, registeredAt: ago(0) },
        ...{ tokenIssuedAt: ago(60_000), attemptID: 'a1' },
      },
    });
    assert.equal(notes[0]?.reason, 'AgentRegistered');
    assert.equal(condition(status, 'AgentRegistered')?.status, 'True');
  });

  it('gives the same pair of tokens the same answer at any time, and changes nothing', () => {
    const { status, answers, notes } = told([register()], enrolled);
    assert.deepEqual(answers, [{ kind: 'registered' }]);
    assert.deepEqual(status.registration, enrolled.registration);
    assert.deepEqual(notes, []);
  });

  it('refuses another agent under a used registration token, with a warning', () => {
    const { status, answers, notes } = told([register(otherHash)], enrolled);
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'unauthorised' }]);
    assert.equal(status.registration?.agent?.sha256, agentHash);
    assert.deepEqual(
      notes.map(({ type, reason }) => `${type} ${reason}`),
      ['Warning RegistrationRefused'],
    );
  });

  it('lets one of two agents that race for one token in, whichever comes first', () => {
    const { status, answers } = told([register(), register(otherHash)], withTokens(fresh));
    assert.deepEqual(answers, [{ kind: 'registered' }, { kind: 'refused', reason: 'unauthorised' }]);
    assert.equal(status.registration?.agent?.sha256, agentHash);
  });

  it('refuses a token that it does not know', () => {
    const { answers } = told([register(agentHash, otherHash)], withTokens(fresh));
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'unauthorised' }]);
  });

  it('refuses everybody while the bot is being deleted', () => {
    const deletion = { requestedAt: ago(0), implicit: false };
    const input = ownedInput(dropletOf(), {
      status: withTokens(fresh),
      bot: { deletion },
      input: { agent: agentOf({ reports: [register()] }) },
    });
    const [answer] = decide(input).answers;
    assert.equal(answer?.kind === 'refused' && answer.reason, 'impossibleState');
  });

  it('answers the agent even while nothing can be done about the droplet', () => {
    const cloud = {
      identity: undefined,
      viewed: false,
      blocked: { reason: 'Unauthorised', message: 'no', stalled: true },
    };
    const input = ownedInput(dropletOf(), {
      status: withTokens(fresh),
      input: { cloud, agent: agentOf({ reports: [register()] }) },
    });
    const { status, answers } = decide(input);
    assert.deepEqual(answers, [{ kind: 'registered' }]);
    assert.equal(condition(status, 'AgentRegistered')?.status, 'True');
    assert.equal(condition(status, 'Ready')?.reason, 'Unauthorised');
  });
});

describe('a registration token’s life', () => {
  it('begins with the first sight of the active droplet', () => {
    const booting = told([], withTokens({ ...fresh, issuedAt: ago(9 * hour) }), dropletOf({ status: 'new' }));
    assert.equal(booting.status.registration?.tokens[0]?.runningSince, undefined);
    const { status, requeueAt } = told([], withTokens({ ...fresh, issuedAt: ago(9 * hour) }));
    assert.equal(status.registration?.tokens[0]?.runningSince, ago(0));
    assert.equal(requeueAt, now + hour);
  });

  it('stands still while the droplet is off', () => {
    const halfWay = { ...fresh, runningSince: ago(hour / 2) };
    const off = told([], withTokens(halfWay), dropletOf({ status: 'off' }));
    const [stored] = off.status.registration?.tokens ?? [];
    assert.deepEqual(stored, { ...fresh, ranSeconds: 1_800 });
    const again = told([], withTokens({ ...fresh, ranSeconds: 1_800 }));
    assert.equal(again.requeueAt, now + hour / 2);
  });

  it('is over after an hour: the token is refused, and a person is told what to do', () => {
    const { status, answers } = told([register()], withTokens({ ...fresh, runningSince: ago(hour) }));
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'unauthorised' }]);
    assert.equal(condition(status, 'AgentRegistered')?.reason, 'RegistrationExpired');
    assert.equal(condition(status, 'Stalled')?.status, 'True');
    assert.match(condition(status, 'Ready')?.message ?? '', /clawfleet token heron/);
    assert.equal(status.phase, 'Error');
  });
});

describe('a token that `clawfleet token` declares', () => {
  const declared: BotSpec = { ...spec, registrationTokenSHA256: otherHash };

  it('is taken up once, beside the agent there is', () => {
    const { status } = told([], enrolled, dropletOf(), declared);
    assert.equal(status.registration?.agent?.sha256, agentHash);
    assert.deepEqual(
      status.registration?.tokens.map((token) => token.sha256),
      [otherHash],
    );
    assert.equal(status.handledRequests?.registrationToken, otherHash);
    const again = told([], { ...status }, dropletOf(), declared);
    assert.equal(again.status.registration?.tokens.length, 1);
  });

  it('puts another agent in the place of the present one, which has to fetch its config anew', () => {
    const { status } = told([], enrolled, dropletOf(), declared);
    const next = told([register('f'.repeat(64), otherHash)], status, dropletOf(), declared);
    assert.equal(next.status.registration?.agent?.sha256, 'f'.repeat(64));
    assert.equal(next.status.appliedConfig, undefined);
    assert.deepEqual(next.status.desiredConfig, enrolled.desiredConfig);
  });

  it('asks for nothing when it is there at first sight', () => {
    const { handledRequests: _, ...unseen } = ownedInput(dropletOf(), { status: enrolled }).bot.status;
    const input = ownedInput(dropletOf(), {
      spec: declared,
      bot: { status: unseen },
      input: { agent: agentOf() },
    });
    const { status } = decide(input);
    assert.equal(status.handledRequests?.registrationToken, otherHash);
    assert.deepEqual(status.registration?.tokens, []);
  });
});

describe('deciding to replace a droplet', () => {
  it('clears all that its agent could show, in one write once the DELETE is taken', () => {
    const redeploy = { ...spec, redeployRequest: 'now' };
    const input = ownedInput(dropletOf(), {
      spec: redeploy,
      status: enrolled,
      input: { agent: agentOf(), catalogue: { sizes: [], regions: [], images: [] } },
    });
    const wanted = { slug: 'nyc3', available: true, sizes: [] };
    const size = {
      ...{ slug: 's-1vcpu-2gb', diskGB: 50, priceMonthlyUSD: 12 },
      regions: ['nyc3'],
      available: true,
    };
    const catalogue = { regions: [wanted], sizes: [size], images: ['ubuntu-22-04-x64'] };
    const decision = concluded({ ...input, catalogue });
    const { effect } = decision;
    if (effect?.kind !== 'destroy') assert.fail('nothing is destroyed');
    assert.deepEqual(decision.status.registration, enrolled.registration);
    const { status } = applyOutcome(decision.status, effect, { ok: true }, { now, generation: 1 });
    assert.equal(status.registration, undefined);
    assert.equal(status.appliedConfig, undefined);
    assert.equal(status.lastHeartbeatTime, undefined);
    assert.deepEqual(status.desiredConfig, enrolled.desiredConfig);
  });
});

describe('an adopted droplet’s agent', () => {
  const adopting: BotSpec = { ...spec, adopt: { dropletID: 100, tokenSHA256: agentHash } };
  const adopted = { ...recordOf(dropletOf()), origin: 'Adopted' as const };

  it('speaks for the bot by its old token', () => {
    const input = ownedInput(dropletOf(), { record: adopted, spec: adopting, input: { agent: agentOf() } });
    const { status } = decide(input);
    assert.equal(condition(status, 'AgentRegistered')?.reason, 'Adopted');
  });

  it('speaks for it no more once the droplet is another one', () => {
    const record = { ...adopted, origin: 'Created' as const };
    const input = ownedInput(dropletOf(), { record, spec: adopting, input: { agent: agentOf() } });
    const { status } = decide(input);
    assert.equal(condition(status, 'AgentRegistered')?.reason, 'NotEnrolled');
    assert.equal(status.ownerUID, uid);
  });
});

describe('agents of two creates', () => {
  const [first, second] = ['a1', 'a2'].map((id) => attemptOf({ id })) as [CreateAttempt, CreateAttempt];
  const tokens = [fresh, { ...fresh, sha256: otherHash, attemptID: 'a2' }];
  const ofSecond = recordOf(dropletOf(), { attemptID: 'a2' });

  it('let only the one of the recorded droplet speak', () => {
    const status = withTokens(...tokens);
    const input = (report: Report) =>
      ownedInput(dropletOf(), { record: ofSecond, status, input: { agent: agentOf({ reports: [report] }) } });
    const surplus = decide(input(register()));
    assert.deepEqual(surplus.answers, [{ kind: 'refused', reason: 'unauthorised' }]);
    const own = decide(input(register(agentHash, otherHash)));
    assert.deepEqual(own.answers, [{ kind: 'registered' }]);
    assert.deepEqual(own.status.registration?.tokens, []);
  });

  it('let the other one register yet when the first to come turns out to be a duplicate’s', () => {
    const doubtful = { ownerUID: uid, handledRequests: {}, createAttempt: second, ...withTokens(...tokens) };
    const bot = botOf({ pristine: false, status: doubtful });
    const early = decide(inputOf({ bot, agent: agentOf({ reports: [register()] }) }));
    assert.equal(early.status.registration?.agent?.attemptID, 'a1');
    const outcome = { ok: true, droplet: dropletOf() } as const;
    const create = { kind: 'create', order: orderOf(), template: second.template, birth: 1 } as const;
    const { status } = applyOutcome(early.status, create, outcome, { now, generation: 1 });
    assert.equal(status.registration?.agent, undefined);
    assert.deepEqual(
      status.registration?.tokens.map((token) => token.sha256),
      [otherHash],
    );
  });

  it('prove that a create has happened: it is looked for until it shows, or must have gone', () => {
    const statusOf = (registeredAt: string) => ({
      ...{ ownerUID: uid, handledRequests: {}, createAttempt: first },
      registration: {
        tokens: [],
        agent: { sha256: agentHash, registrationSHA256: tokenHash, registeredAt, attemptID: 'a1' },
      },
    });
    const attempt = { elapsedMs: 130_000, lookUps: 9, sinceLastLookMs: 1_000, lookedAfterWindow: true };
    const decided = (minutes: number) => {
      const bot = botOf({ pristine: false, status: statusOf(ago(minutes * 60_000)) });
      return decide(inputOf({ bot, attempt, agent: agentOf() }));
    };
    assert.deepEqual(decided(9).status.createAttempt, first);
    assert.equal(condition(decided(9).status, 'Ready')?.reason, 'CreateInDoubt');
    assert.equal(decided(10).status.createAttempt, undefined);
  });
});
