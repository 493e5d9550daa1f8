import { apiVersion } from '../../../model/kinds.ts';
import type { BotEvent } from '../../../ports/source.ts';
import type { EventDraft } from '../client/event-recorder-options.ts';

/** An event of events.k8s.io/v1 about the Bot, its uid included, so that `kubectl describe` shows it. */
export function eventDraft({ key, uid, type, reason, message }: BotEvent): EventDraft {
  const [namespace = '', name = ''] = key.split('/');
  const regarding = { apiVersion, kind: 'Bot', namespace, name, uid };
  return { regarding, type, reason, action: 'Reconcile', note: message };
}
