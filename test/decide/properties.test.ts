import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import Value from 'typebox/value';
import { applyOutcome } from '../../src/decide/apply-outcome.ts';
import { decide } from '../../src/decide/decide.ts';
import { isUnasked } from '../../src/decide/effect.ts';
import type { Input } from '../../src/decide/input.ts';
import { birthOfTags } from '../../src/model/birth.ts';
import { fleetOfTags, fleetTag } from '../../src/model/identity.ts';
import { botStatusSchema } from '../../src/model/spec/bot-status.ts';
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

  it('never creates while a droplet is recorded, a create is in doubt, or a droplet that may be its own is known', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const decision = concluded(input);
        if (decision.effect?.kind !== 'create') return;
        assert.equal(decision.status.droplet, undefined);
        assert.equal(decision.status.createAttempt, undefined);
        assert.equal(input.held === 'recreate', false);
        assert.ok(input.grant.granted && input.cloud.viewed && !input.incident);
        // A bot that its protection keeps lives on, and may lose its droplet.
        const isKept = input.bot.spec?.deletionProtection && !input.released;
        assert.ok(!input.bot.deletion || isKept);
        for (const { droplet } of input.others) {
          assert.ok(!droplet.tags.includes(fleetTag(fleetID)), `beside ${droplet.id}, which is the fleet's`);
          const isYoung = droplet.status === 'new' && now - Date.parse(droplet.createdAt) < 15 * 60_000;
          assert.ok(!isYoung, `beside ${droplet.id}, whose tags may still come`);
        }
      }),
      { numRuns: 5 * numRuns, seed },
    );
  });

  it('numbers each create higher than whatever the record and the attempt know of', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect, status } = concluded(input);
        if (effect?.kind !== 'create') return;
        assert.ok(effect.birth > (input.bot.status.births ?? 0));
        assert.ok(effect.birth > (status.births ?? 0));
      }),
      { numRuns, seed },
    );
  });

  it('lets births never go back', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { ownerUID, births = 0 } = input.bot.status;
        if (ownerUID !== undefined && ownerUID !== input.bot.uid) return;
        assert.ok((concluded(input).status.births ?? 0) >= births);
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

  /** The input of the decision that concludes, as the engine would give it. */
  const lastInput = (input: Input) => {
    const { steps } = concluded(input);
    return steps.slice(0, -1).reduce((draft, step) => following(draft, step.status), input);
  };

  it('destroys only what a GET of this pass has shown, and what stays was shown too', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect } = concluded(input);
        if (effect?.kind !== 'destroy') return;
        const { recorded, others, bot } = lastInput(input);
        const isRead = (id: number) =>
          (bot.status.droplet?.id === id && recorded.kind === 'seen' && recorded.confirmed) ||
          others.some(({ droplet, confirmed }) => droplet.id === id && confirmed);
        assert.ok(isRead(effect.dropletID), 'the victim was not read');
        assert.ok(effect.stays === undefined || isRead(effect.stays), 'what stays was not read');
      }),
      { numRuns: 5 * numRuns, seed },
    );
  });

  it('destroys no droplet without a birth but the recorded one', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect, status, steps } = concluded(input);
        if (effect?.kind !== 'destroy') return;
        const before = [input.bot.status, status, ...steps.map((step) => step.status)];
        if (before.some(({ droplet }) => droplet?.id === effect.dropletID)) return;
        // One that a redeploy has just replaced was the recorded one before.
        if (before.some(({ knownDropletIDs = [] }) => knownDropletIDs.includes(effect.dropletID))) return;
        const victim = input.others.find(({ droplet }) => droplet.id === effect.dropletID);
        assert.notEqual(birthOfTags(victim?.droplet.tags ?? []), undefined);
      }),
      { numRuns: 5 * numRuns, seed },
    );
  });

  it('destroys nothing unasked while the fleet is in doubt, or without a slot', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect } = concluded(input);
        if (effect?.kind !== 'destroy' || !isUnasked(effect.cause)) return;
        assert.equal(input.incident ?? input.oldState, undefined);
        assert.equal(input.slots.destruction?.admitted, true);
      }),
      { numRuns: 5 * numRuns, seed },
    );
  });

  it('destroys nothing of a bot that shares its droplet, and the recorded one of two rivals only as a person decided', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { effect } = concluded(input);
        if (effect?.kind !== 'destroy') return;
        const { bot, recorded, sharedWith, keep } = lastInput(input);
        const isVoid = bot.status.ownerUID !== undefined && bot.status.ownerUID !== bot.uid;
        assert.ok(isVoid || !bot.status.droplet || sharedWith === undefined);
        const ours = input.others.filter(({ droplet }) => droplet.tags.includes(fleetTag(fleetID)));
        const births = ours.map(({ droplet }) => birthOfTags(droplet.tags) ?? 0);
        const isForked = recorded.kind === 'seen' && births.some((birth) => birth > (bot.status.births ?? 9));
        if (isForked && !isVoid) assert.notEqual(keep, undefined);
      }),
      { numRuns: 5 * numRuns, seed },
    );
  });

  it('lets a droplet go only with proof: two 404s a window apart and a listing, or one of both for what was ordered', () => {
    fc.assert(
      fc.property(asEngine, (input) => {
        const { gone = [] } = decide(input);
        if (gone.length === 0 || input.recorded.kind !== 'missing') return;
        const { spanMs, unlisted } = input.recorded.miss;
        const isOrdered = input.bot.deletion || input.effects.length > 0;
        assert.equal(input.incident, undefined);
        assert.ok(isOrdered ? unlisted || spanMs >= 10_000 : unlisted && spanMs >= input.absenceWindowMs);
      }),
      { numRuns: 5 * numRuns, seed },
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
        const settled = applyOutcome(
          status,
          effect,
          { ok: false, fault, message: 'no' },
          { now, generation: 1 },
        );
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
        const settled = applyOutcome(
          status,
          effect,
          { ok: false, fault, message: 'no' },
          { now, generation: 1 },
        );
        const ended = settled.status.refusal !== undefined || settled.status.createAttempt !== undefined;
        assert.ok(ended || (settled.notBefore ?? 0) > now || effect.kind === 'create');
      }),
      { numRuns, seed },
    );
  });
});
