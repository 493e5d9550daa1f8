import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import Value from 'typebox/value';
import { decide } from '../../src/decide/decide.ts';
import type { Input } from '../../src/decide/input.ts';
import { settle } from '../../src/decide/settle.ts';
import { botStatusSchema } from '../../src/model/bot-status.ts';
import { fleetOfTags } from '../../src/model/identity.ts';
import { arbitraryInput, foreignTag } from './arbitrary-input.ts';
import { concluded, convergedInput, fleetID, following, now, spec } from './input-builder.ts';

const numRuns = 1_500;
/** A run that fails must fail again; other seeds find other inputs. */
const seed = 20_260_301;
/** The input of the next pass, `pristine` as before: a source may say either. */
function afterwards(input: Input): Input {
  const { status, steps } = concluded(input);
  const last = steps.reduce((draft, step) => following(draft, step.status), input);
  return { ...last, bot: { ...input.bot, status } };
}

/** Every droplet of the input whose tags are known to be another fleet's as well, by id. */
function foreignIDs({ recorded, others, keyed }: Input): Set<number> {
  const seen = [
    ...(recorded.kind === 'seen' ? [recorded.droplet] : []),
    ...[...others, ...keyed].map((other) => other.droplet),
  ];
  return new Set(seen.filter(({ tags }) => tags.includes(foreignTag)).map(({ id }) => id));
}

/** As the engine does: droplets of other fleets, and released ones, never count as this bot's. */
const asEngine = arbitraryInput.map((input) => ({
  ...input,
  others: input.others.filter((other) => !other.droplet.tags.includes(foreignTag)),
  keyed: input.keyed.filter((other) => !other.droplet.tags.includes(foreignTag)),
}));

describe('decide()', () => {
  it('never throws, and changes nothing of its input', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const before = JSON.stringify(input);
        decide(input);
        assert.equal(JSON.stringify(input), before);
      }),
      { numRuns, seed },
    );
  });

  it('rests on plain JSON: an input that was stored and read back gives the same decision', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const restored: Input = JSON.parse(JSON.stringify(input));
        assert.deepEqual(JSON.stringify(decide(restored)), JSON.stringify(decide(input)));
      }),
      { numRuns, seed },
    );
  });

  it('comes to a conclusion within a few steps', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        assert.ok(concluded(input).steps.length <= 8);
      }),
      { numRuns, seed },
    );
  });

  it('lets nobody speak for a bot but who shows a token that is on record for it', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const before = input.bot.status.registration;
        const after = decide(input).status.registration?.agent;
        if (!after || after.sha256 === before?.agent?.sha256) return;
        const tokens = (before?.tokens ?? []).map((token) => token.sha256);
        const shown = (input.agent?.reports ?? []).some(
          (report) =>
            report.kind === 'register' &&
            report.agentSHA256 === after.sha256 &&
            tokens.includes(report.registrationSHA256),
        );
        assert.ok(shown, 'an agent was let in without a token');
      }),
      { numRuns, seed },
    );
  });

  it('takes no config for applied that the agent has not acknowledged', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const { appliedConfig } = decide(input).status;
        const reports = input.agent?.reports ?? [];
        const known = [
          input.bot.status.appliedConfig?.id,
          ...reports.map((report) => (report.kind === 'acknowledge' ? report.configID : undefined)),
        ];
        assert.ok(appliedConfig === undefined || known.includes(appliedConfig.id));
      }),
      { numRuns, seed },
    );
  });

  it('gives the same decision for the same input', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        assert.deepEqual(decide(input), decide(input));
      }),
      { numRuns: 500, seed },
    );
  });

  it('gives a status that the schema allows', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const { status } = concluded(input);
        assert.ok(
          Value.Check(botStatusSchema, status),
          JSON.stringify([...Value.Errors(botStatusSchema, status)][0]),
        );
      }),
      { numRuns, seed },
    );
  });

  it('is stable: deciding again from what was stored, with nothing done, stores nothing new', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const first = concluded(input);
        if (first.look || first.effect) return;
        const second = concluded(afterwards(input));
        assert.deepEqual(second.status, first.status);
      }),
      { numRuns, seed },
    );
  });

  it('has nothing to do for a converged bot, and no reason to look again', () => {
    const powers = fc.constantFrom('Running' as const, 'Stopped' as const);
    fc.assert(
      fc.property(
        powers,
        fc.constantFrom('Delete' as const, 'Orphan' as const),
        (powerState, deletionPolicy) => {
          const input = afterwards(convergedInput({}, { ...spec, powerState, deletionPolicy }));
          const { status, effect, look, requeueAt, watch, again } = decide(input);
          assert.deepEqual(
            { effect, look, requeueAt, watch, again },
            { effect: undefined, look: undefined, requeueAt: undefined, watch: undefined, again: undefined },
          );
          assert.deepEqual(status, input.bot.status);
        },
      ),
    );
  });

  it('never touches a droplet with another fleet’s tag but for taking our own tag off it', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect } = concluded(input);
        if (!effect || !('dropletID' in effect) || !foreignIDs(input).has(effect.dropletID)) return;
        assert.equal(effect.kind, 'untag');
        assert.equal('tag' in effect && fleetOfTags([effect.tag]), fleetID);
      }),
      { numRuns, seed },
    );
  });

  it('never creates while a droplet is recorded, a create is in doubt, or a duplicate is known', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const decision = concluded(input);
        if (decision.effect?.kind !== 'create') return;
        assert.equal(decision.status.droplet, undefined);
        assert.equal(decision.status.createAttempt, undefined);
        assert.equal(input.held === 'recreate', false);
        assert.ok(input.grant.granted && input.cloud.viewed && !input.bot.deletion);
      }),
      { numRuns, seed },
    );
  });

  it('never releases a bot whose droplet or create attempt is still on record', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const decision = concluded(input);
        if (decision.effect?.kind !== 'release') return;
        assert.equal(decision.status.droplet, undefined);
        assert.equal(decision.status.createAttempt, undefined);
        assert.ok(input.bot.deletion);
      }),
      { numRuns, seed },
    );
  });

  it('destroys only what is the bot’s own: recorded, or of its exact name and confirmed by GET', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect, steps } = concluded(input);
        if (effect?.kind !== 'destroy') return;
        const recorded = [input.bot.status, ...steps.map((step) => step.status)].some(
          (status) => status.droplet?.id === effect.dropletID,
        );
        const confirmed = input.others.some(
          (other) => other.confirmed && other.droplet.id === effect.dropletID,
        );
        assert.ok(recorded || confirmed);
      }),
      { numRuns, seed },
    );
  });
});

describe('settle()', () => {
  const fault = fc.constantFrom(
    { kind: 'refused', reason: 'x', httpStatus: 422 } as const,
    { kind: 'rateLimited', until: now + 1_000 } as const,
    { kind: 'absent' } as const,
    { kind: 'pendingEvent' } as const,
    { kind: 'unauthorised' } as const,
    { kind: 'doubtful' } as const,
    { kind: 'unavailable' } as const,
  );

  it('never loses the droplet on record, nor a create in doubt, whatever the fault', () => {
    fc.assert(
      fc.property(asEngine, fault, (input, fault) => {
        const { effect, status } = concluded(input);
        if (!effect || effect.kind === 'release') return;
        const settled = settle(status, effect, { ok: false, fault, message: 'no' }, { now, generation: 1 });
        assert.equal(settled.status.droplet?.id, status.droplet?.id);
        if (effect.kind === 'create' && fault.kind === 'doubtful')
          assert.equal(settled.status.createAttempt?.id, status.createAttempt?.id);
      }),
      { numRuns, seed },
    );
  });

  it('waits after every fault but a refusal that ends the matter', () => {
    fc.assert(
      fc.property(asEngine, fault, (input, fault) => {
        const { effect, status } = concluded(input);
        if (!effect || effect.kind === 'release') return;
        const settled = settle(status, effect, { ok: false, fault, message: 'no' }, { now, generation: 1 });
        const ended = settled.status.refusal !== undefined || settled.status.createAttempt !== undefined;
        assert.ok(ended || (settled.notBefore ?? 0) > now || effect.kind === 'create');
      }),
      { numRuns, seed },
    );
  });
});
