import type { Decision } from '../../decide/decision.ts';
import type { Effect, ReadRequest } from '../../decide/effect.ts';
import { conditionOf } from '../../model/spec/condition.ts';

/** What was decided, in words, a line each. */
export function verdictLines({ look, effect, status, notes, requeueAt }: Decision): string[] {
  const ready = conditionOf(status, 'Ready');
  const stalled = conditionOf(status, 'Stalled');
  return [
    look
      ? `It looks first: ${lookText(look)}.`
      : effect
        ? `It ${effectText(effect)}.`
        : 'It changes nothing.',
    ...(ready ? [`Ready is ${ready.status}, ${ready.reason}: ${ready.message}`] : []),
    ...notes
      .filter(({ reason }) => reason !== ready?.reason)
      .map(({ reason, message }) => `It is noted as an event, ${reason}: ${message}`),
    ...(stalled?.status === 'True' ? ['A person is needed.'] : []),
    requeueAt === undefined
      ? 'It decides again when something about the bot changes.'
      : `It decides again at ${new Date(requeueAt).toISOString()}, or when something about the bot changes.`,
  ];
}

function lookText(look: ReadRequest): string {
  switch (look.kind) {
    case 'slot':
      return `it asks for a slot (${look.slot})`;
    case 'name':
      return 'it searches the cloud for the bot’s name';
    case 'catalogue':
      return 'it reads sizes and regions';
    case 'offer':
      return 'it reads image, keys and VPC of the droplet that is to be created';
    case 'actions':
      return `it reads the actions of droplet ${look.dropletID}`;
    case 'action':
      return `it reads action ${look.actionID}`;
    case 'droplet':
    case 'adoptee':
      return `it reads droplet ${look.dropletID}`;
  }
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'create':
      return `creates a droplet (${effect.template.size}, ${effect.template.region}), the bot’s birth ${effect.birth}`;
    case 'destroy':
      return `destroys droplet ${effect.dropletID} (${effect.cause}): ${effect.why}`;
    case 'act':
      return `orders ${effect.request.type} of droplet ${effect.dropletID}`;
    case 'tag':
      return `puts the tag ${effect.tag} on droplet ${effect.dropletID}`;
    case 'untag':
      return `takes the tag ${effect.tag} off droplet ${effect.dropletID}`;
    case 'assign':
      return `files droplet ${effect.dropletID} under project ${effect.projectID}`;
    case 'release':
      return 'lets go of the bot, of which nothing is left';
  }
}
