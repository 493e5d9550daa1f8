import type { BotStatus, DropletTemplate, Operation } from '../model/bot-status.ts';
import type { Catalogue } from '../ports/cloud.ts';
import { bootstrapHash } from './bootstrap-hash.ts';
import { refusedByCatalogue } from './catalogue-check.ts';
import { destroyAndWait } from './destroy.ts';
import { omit } from './omit.ts';
import { atStep, beginOperation, endOperation } from './operation.ts';
import { presence } from './presence.ts';
import { checkResize } from './resize.ts';
import { retireDroplet } from './retire-droplet.ts';
import { type Concern, normal, type Situation, type Verdict, type Waiting } from './situation.ts';

/** What stands in the way of a redeploy is looked at again after this. */
const obstacleLookMs = 60_000;

/** Fields that only a new droplet can have, with how they differ, such as `region nyc3 to fra1`. */
export function replacementReasons(situation: Situation): string[] {
  const template = situation.status.droplet?.template;
  if (!template) return [];
  const { wanted } = situation;
  const reasons = (['region', 'image', 'vpcUUID', 'monitoring'] as const)
    .filter((field) => differs(situation, template, field))
    .map((field) => `${field} ${template[field] ?? 'none'} to ${wanted[field] ?? 'none'}`);
  if (differs(situation, template, 'sshKeys')) reasons.push('sshKeys');
  if (template.ipv6 && !wanted.ipv6 && differs(situation, template, 'ipv6')) reasons.push('ipv6 off');
  const size = checkResize(situation);
  return size.kind === 'smallerDisk' ? [...reasons, size.message] : reasons;
}

/**
 * A field that was and is left to its default never differs: a new default replaces nothing. Declared ones are
 * compared with what was asked for at creation, never with the cloud's echo.
 */
function differs(
  situation: Situation,
  template: DropletTemplate,
  field: keyof DropletTemplate & keyof Situation['wanted'],
): boolean {
  const declaredNow = situation.spec.droplet?.[field] !== undefined;
  if (!declaredNow && !template.declared.includes(field)) return false;
  return JSON.stringify(template[field]) !== JSON.stringify(situation.wanted[field]);
}

/** The bootstrap block has changed since the droplet was made; it takes effect at the next redeploy. */
export function bootstrapOutdated(situation: Situation): boolean {
  const template = situation.status.droplet?.template;
  return template !== undefined && template.bootstrapHash !== bootstrapHash(situation.spec);
}

/** Destroys the droplet and creates it anew: on a new redeployRequest, or by itself where the policy says so. */
export const redeploy: Concern = (situation) => {
  const { spec, status } = situation;
  if (status.operation?.type === 'Redeploy') return undefined;
  const request = spec.redeployRequest;
  if (request !== undefined && request !== status.handledRequests?.redeploy)
    return requested(situation, request);
  if (situation.wanted.replacePolicy !== 'Automatic' || status.operation) return undefined;
  const reasons = replacementReasons(situation);
  return reasons.length === 0 ? undefined : begin(situation, reasons.join(', '));
};

function requested(situation: Situation, request: string): Verdict | undefined {
  if (situation.status.droplet) return begin(situation, `request ${request}`, request);
  const handledRequests = { ...situation.status.handledRequests, redeploy: request };
  return { status: { ...omit(situation.status, 'replacements', 'refusal'), handledRequests }, again: true };
}

/** What the new droplet is to be is checked first: nothing is destroyed for a create that would be refused. */
function begin(situation: Situation, reason: string, requestID?: string): Verdict {
  if (!situation.catalogue) return { look: { kind: 'catalogue' } };
  const obstacle = obstacleOf(situation, situation.catalogue);
  if (obstacle) return { waiting: obstacle, requeueAt: situation.now + obstacleLookMs };
  const start = {
    type: 'Redeploy',
    step: 'Destroy',
    reason,
    ...(requestID !== undefined && { requestID }),
  } as const;
  return {
    status: {
      ...omit(beginOperation(situation, start), 'registration', 'replacements', 'refusal'),
      ...overtakenReboot(situation.status),
      placeHeld: true,
    },
    again: true,
    notes: [
      normal(
        'Redeploying',
        `Droplet ${situation.status.droplet?.id} is destroyed and created anew: ${reason}`,
      ),
    ],
  };
}

/** A reboot that may have been sent already is not asked of the new droplet too. */
function overtakenReboot({ operation, handledRequests }: BotStatus): Pick<BotStatus, 'handledRequests'> {
  if (operation?.type !== 'Reboot' || operation.requestID === undefined) return {};
  return { handledRequests: { ...handledRequests, reboot: operation.requestID } };
}

function obstacleOf(situation: Situation, catalogue: Catalogue): Waiting | undefined {
  const { createsForbidden, grant } = situation;
  if (createsForbidden) return { ...createsForbidden, stalled: true };
  return grant.granted ? refusedByCatalogue(catalogue, situation.wanted) : grant;
}

/** Goes on with an open Redeploy until the old droplet is gone; creation and the record of the new one end it. */
export function continueRedeploy(situation: Situation, operation: Operation): Verdict | undefined {
  const { status, recorded } = situation;
  if (operation.step === 'Create') return status.droplet ? finishRedeploy(situation, operation) : undefined;
  if (status.droplet && recorded.kind !== 'gone') {
    const obstacle = recorded.kind === 'unproven' ? undefined : presence(situation);
    return obstacle ?? destroyAndWait(situation, status.droplet.id, 'it is redeployed');
  }
  return { status: retireDroplet(atStep(situation, operation, 'Create')), again: true };
}

function finishRedeploy(situation: Situation, operation: Operation): Verdict {
  const { status } = situation;
  const handledRequests = {
    ...status.handledRequests,
    ...(operation.requestID !== undefined && { redeploy: operation.requestID }),
  };
  return {
    status: { ...endOperation(status), handledRequests },
    again: true,
    notes: [
      normal(
        'Redeployed',
        `Droplet ${status.droplet?.id} was created anew (${operation.reason ?? 'redeploy'})`,
      ),
    ],
  };
}
