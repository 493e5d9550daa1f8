import { apiVersion } from '../../../../model/manifest/kinds.ts';
import type { BotEvent } from '../../../../ports/source.ts';
import type { EventDraft } from '../../client/events/event-recorder-options.ts';

/** An event of events.k8s.io/v1 about the Bot or Account, its uid included, so that `kubectl describe` shows it. */
export function eventDraft({ kind, key, uid, type, reason, message }: BotEvent): EventDraft {
  const [namespace = '', name = ''] = key.split('/');
  const regarding = { apiVersion, kind: kind ?? 'Bot', namespace, name, uid };
  return { regarding, type, reason, action: 'Reconcile', note: message };
}
