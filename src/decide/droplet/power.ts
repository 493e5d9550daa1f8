import type { Operation } from '../../model/spec/bot-status.ts';
import type { Droplet } from '../../ports/cloud.ts';
import { isRegistered } from '../agent/enrolment.ts';
import type { Effect } from '../effect.ts';
import { atStep, beginOperation, endOperation } from '../operation.ts';
import {
  type Concern,
  cloudAge,
  normal,
  progressing,
  type Situation,
  timeOf,
  type Verdict,
  type Waiting,
} from '../situation.ts';
import { sinceWithinStep, underWay, unlessRecent } from './unless-recent.ts';

/** A bot being set up is stopped only after it registered, or this long after its droplet was created. */
const setUpMs = 15 * 60_000;

/** Switches on or off a droplet whose power is not as declared. */
export const power: Concern = (situation) => {
  const droplet = seenDroplet(situation);
  if (!droplet || situation.status.operation) return undefined;
  if (situation.running && droplet.status === 'off') return start(situation, droplet);
  if (!situation.running && droplet.status === 'active')
    return settingUp(situation, droplet) ?? stop(situation, droplet);
  return undefined;
};

export function seenDroplet(situation: Situation): Droplet | undefined {
  return situation.recorded.kind === 'seen' ? situation.recorded.droplet : undefined;
}

function start(situation: Situation, droplet: Droplet): Verdict {
  const asked = situation.status.observedGeneration !== situation.bot.generation;
  const reason = asked ? 'declared Running' : 'found powered off';
  const status = beginOperation(situation, { type: 'Start', step: 'PowerOn', reason });
  return {
    status,
    ...powerOn({ ...situation, status }, droplet),
    ...(!asked && { drift: [{ kind: 'PoweredOff', stage: 'found' }] as const }),
  };
}

function stop(situation: Situation, droplet: Droplet): Verdict {
  const status = beginOperation(situation, { type: 'Stop', step: 'Shutdown', reason: 'declared Stopped' });
  return { status, ...shutDown({ ...situation, status }, droplet) };
}

function settingUp(situation: Situation, droplet: Droplet): Verdict | undefined {
  const leftMs = setUpMs - cloudAge(situation, droplet.createdAt);
  if (!situation.agent || isRegistered(situation) || leftMs <= 0) return undefined;
  const message =
    'The droplet is still being set up; it is shut down once its agent has registered, or after 15 minutes';
  return { waiting: progressing('SettingUp', message), requeueAt: situation.now + leftMs };
}

/** Continues an open Start or Stop, unless the declaration has changed back in the meantime. */
export function continuePower(situation: Situation, operation: Operation): Verdict {
  const droplet = seenDroplet(situation);
  const overtaken = (operation.type === 'Start') !== situation.running;
  if (!droplet || overtaken) return { status: endOperation(situation.status), again: true };
  if (operation.type === 'Start') {
    return droplet.status === 'off' ? powerOn(situation, droplet) : finish(situation, operation);
  }
  return droplet.status === 'active'
    ? bringDown(situation, operation, droplet)
    : finish(situation, operation);
}

function finish(situation: Situation, operation: Operation): Verdict {
  const verb = operation.type === 'Start' ? 'Started' : 'Stopped';
  const drift =
    operation.reason === 'found powered off' ? [{ kind: 'PoweredOff', stage: 'corrected' } as const] : [];
  return {
    status: endOperation(situation.status),
    again: true,
    notes: [
      normal(
        verb,
        `Droplet ${situation.status.droplet?.id} is ${verb === 'Started' ? 'running' : 'off'} (${operation.reason ?? 'as declared'})`,
      ),
    ],
    drift,
  };
}

/**
 * Shuts down first; after the grace period, however that action ended, cuts the power. The period counts from
 * when this process asked for the shutdown, whatever the wall clock does, else from the stored start of the
 * step.
 */
export function bringDown(situation: Situation, operation: Operation, droplet: Droplet): Verdict {
  if (operation.step === 'PowerOff') return powerOff(situation, droplet);
  const { now, shutdownGraceMs } = situation;
  const askedMs = sinceWithinStep(situation, shutdownOf(droplet)) ?? now - timeOf(operation.stepAt);
  if (askedMs < shutdownGraceMs) {
    const verdict = shutDown(situation, droplet);
    return {
      ...verdict,
      requeueAt: Math.min(now + shutdownGraceMs - askedMs, verdict.requeueAt ?? now + shutdownGraceMs),
    };
  }
  // While the shutdown is in progress, the cloud would refuse to cut the power.
  const open = underWay(situation, shutdownOf(droplet), shuttingDown(droplet));
  if (open) return open;
  const status = atStep(situation, operation, 'PowerOff');
  return { status, ...powerOff({ ...situation, status }, droplet) };
}

function shutDown(situation: Situation, droplet: Droplet): Verdict {
  return unlessRecent(situation, shutdownOf(droplet), shuttingDown(droplet), situation.shutdownGraceMs);
}

function shuttingDown({ id }: Droplet): Waiting {
  return progressing('ShuttingDown', `Droplet ${id} is asked to shut down`);
}

function shutdownOf({ id }: Droplet): Effect {
  return { kind: 'act', dropletID: id, request: { type: 'shutdown' } };
}

function powerOff(situation: Situation, droplet: Droplet): Verdict {
  const effect = { kind: 'act', dropletID: droplet.id, request: { type: 'power_off' } } as const;
  return unlessRecent(
    situation,
    effect,
    progressing('PoweringOff', `Droplet ${droplet.id} did not shut down in time; its power is cut`),
  );
}

export function powerOn(situation: Situation, droplet: Droplet): Verdict {
  const effect = { kind: 'act', dropletID: droplet.id, request: { type: 'power_on' } } as const;
  return unlessRecent(
    situation,
    effect,
    progressing('Starting', `Droplet ${droplet.id} is being powered on`),
  );
}
