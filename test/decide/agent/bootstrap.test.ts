import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { BootstrapReport } from '../../../src/model/agent-report.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import {
  agentHash,
  agentOf,
  ago,
  condition,
  dropletOf,
  enrolled,
  ownedInput,
  recordOf,
  spec,
  tokenHash,
  told,
} from '../input-builder.ts';

const hour = 3_600_000;
const failed = (...failedSteps: string[]): BootstrapReport => ({ running: false, failedSteps });
const complete = failed();
const running: BootstrapReport = { running: true, failedSteps: [] };

function input(bootstrap: BootstrapReport | undefined, status: Partial<BotStatus> = {}) {
  return ownedInput(dropletOf(), {
    status: { ...enrolled, ...status },
    input: { agent: agentOf({ bootstrap }) },
  });
}

/** The status after a pass that takes in `bootstrap`, and what that pass notes. */
function after(bootstrap: BootstrapReport | undefined, status: Partial<BotStatus> = {}) {
  return decide(input(bootstrap, status));
}

describe('the droplet’s bootstrap', () => {
  it('has no condition while no agent reports it, and hinders nothing', () => {
    const { status } = after(undefined);
    assert.equal(condition(status, 'Bootstrapped'), undefined);
    assert.equal(told(status), 'Ready=True Reconciling=False Stalled=False Running');
  });

  it('keeps a bot that answers from being Ready once a needed step has failed, with the steps by name', () => {
    const { status } = after(failed('customizer', 'node', 'global npm packages'));
    const found = condition(status, 'Bootstrapped');
    assert.deepEqual([found?.status, found?.reason], ['False', 'BootstrapFailed']);
    assert.match(
      found?.message ?? '',
      /^Failed on its droplet: node, global npm packages\. .*systemctl start/,
    );
    assert.equal(told(status), 'Ready=False Reconciling=False Stalled=True BootstrapFailed');
    assert.equal(status.phase, 'Error');
  });

  it('counts a step that this release does not know as needed', () => {
    assert.match(told(after(failed('a step to come')).status), /BootstrapFailed$/);
  });

  it('hinders nothing by a step that the bot does without, and says so', () => {
    for (const step of ['customizer', 'health script', 'resume after a reboot']) {
      const { status } = after(failed(step));
      const found = condition(status, 'Bootstrapped');
      assert.deepEqual([found?.status, found?.reason], ['False', 'BootstrapIncomplete']);
      assert.match(found?.message ?? '', new RegExp(`can do without: ${step}\\.`));
      assert.equal(told(status), 'Ready=True Reconciling=False Stalled=False Running');
    }
  });

  it('names the failed bootstrap, and not the config that the droplet can therefore never fetch', () => {
    const { appliedConfig: _, ...unapplied } = enrolled;
    const { status } = decide(
      ownedInput(dropletOf(), {
        status: unapplied,
        input: { agent: agentOf({ bootstrap: failed('base packages') }) },
      }),
    );
    assert.match(told(status), /BootstrapFailed$/);
  });

  it('is told once when it fails, once more when it is mended, and not step by step', () => {
    const first = after(failed('node'));
    assert.deepEqual(notes(first), ['Warning BootstrapFailed']);
    const second = after(failed('node', 'pnpm'), first.status);
    assert.deepEqual(notes(second), []);
    assert.match(condition(second.status, 'Bootstrapped')?.message ?? '', /node, pnpm/);
    const again = after(undefined, second.status);
    assert.deepEqual([again.status, notes(again)], [second.status, []]);
    const mended = after(complete, second.status);
    assert.deepEqual(notes(mended), ['Normal BootstrapMended']);
    assert.equal(condition(mended.status, 'Bootstrapped')?.status, 'True');
    assert.equal(told(mended.status), 'Ready=True Reconciling=False Stalled=False Running');
  });

  it('has an unknown outcome while it is at work; after four hours without an end a person is needed', () => {
    const { status, requeueAt } = after(running);
    assert.equal(condition(status, 'Bootstrapped')?.status, 'Unknown');
    assert.match(told(status), /^Ready=True/);
    assert.ok(requeueAt !== undefined);
    const stuck = after(undefined, {
      bootstrap: { ...running, failedSteps: [], runningSince: ago(4 * hour) },
    });
    assert.equal(told(stuck.status), 'Ready=False Reconciling=False Stalled=True BootstrapStuck');
    assert.deepEqual(notes(stuck), ['Warning BootstrapStuck']);
    const ended = after(complete, stuck.status);
    assert.equal(ended.status.bootstrap?.runningSince, undefined);
    assert.match(told(ended.status), /^Ready=True/);
  });

  it('takes no time while the droplet is off', () => {
    const off = dropletOf({ status: 'off' });
    const { status } = decide(
      ownedInput(off, {
        record: recordOf(off),
        spec: { ...spec, powerState: 'Stopped' },
        status: { ...enrolled, bootstrap: { running: true, failedSteps: [], runningSince: ago(9 * hour) } },
        input: { agent: agentOf() },
      }),
    );
    assert.equal(status.bootstrap?.runningSince, undefined);
    assert.equal(told(status), 'Ready=True Reconciling=False Stalled=False Stopped');
  });

  it('comes with the registration, and what an earlier agent reported is over then', () => {
    const register = { kind: 'register', registrationSHA256: tokenHash, agentSHA256: agentHash } as const;
    const status: Partial<BotStatus> = {
      registration: { tokens: [{ sha256: tokenHash, issuedAt: ago(60_000) }] },
      bootstrap: { running: false, failedSteps: ['node'] },
    };
    const registered = (bootstrap: BootstrapReport | undefined) =>
      decide(
        ownedInput(dropletOf(), {
          status,
          input: { agent: agentOf({ reports: [{ ...register, bootstrap }] }) },
        }),
      ).status;
    assert.deepEqual(registered(running).bootstrap?.failedSteps, []);
    assert.equal(registered(undefined).bootstrap, undefined);
  });

  it('names eight steps at most in its message, which has room for its advice', () => {
    const steps = Array.from({ length: 32 }, (_, index) => `${'x'.repeat(60)}${index}`);
    const message = condition(after(failed(...steps)).status, 'Bootstrapped')?.message ?? '';
    assert.match(message, /and 24 more\. .*clawfleet reboot heron`$/);
  });
});

function notes({ notes }: ReturnType<typeof decide>): string[] {
  return notes.map(({ type, reason }) => `${type} ${reason}`);
}
