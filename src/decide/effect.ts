import type { DropletTemplate } from '../model/bot-status.ts';
import type { ActionRequest } from '../ports/cloud.ts';

/** The one cloud mutation (or release) of a pass. */
export type Effect =
  | { readonly kind: 'create'; readonly template: DropletTemplate; readonly backups: boolean }
  | { readonly kind: 'destroy'; readonly dropletID: number; readonly why: string }
  | { readonly kind: 'act'; readonly dropletID: number; readonly request: ActionRequest }
  | { readonly kind: 'tag'; readonly dropletID: number; readonly tag: string }
  | { readonly kind: 'untag'; readonly dropletID: number; readonly tag: string }
  | { readonly kind: 'assign'; readonly dropletID: number; readonly projectID: string }
  | { readonly kind: 'release' };

/** A read that the decision needs before it can be taken; the same pass decides again with its answer. */
export type Look =
  | { readonly kind: 'droplet'; readonly dropletID: number }
  | { readonly kind: 'name' }
  | { readonly kind: 'adoptee'; readonly dropletID: number }
  | { readonly kind: 'actions'; readonly dropletID: number }
  | { readonly kind: 'catalogue' }
  | SlotRequest;

/** Asks for something that must be taken, not merely known; the answer comes as `Input.slots`. */
export type SlotRequest =
  | { readonly kind: 'slot'; readonly slot: 'create' }
  | { readonly kind: 'slot'; readonly slot: 'remedy'; readonly remedy: Remedy };

/** What is done about a silent bot. */
export type Remedy = 'Reboot' | 'Replace';

/** An effect that this process carried out, by its signature. */
export interface RecentEffect {
  readonly signature: string;
  /** Milliseconds ago, on the monotonic clock. */
  readonly sinceMs: number;
}

/** Names an effect for `Input.effects`; two effects that would do the same have the same signature. */
export function effectSignature(effect: Effect): string {
  switch (effect.kind) {
    case 'create':
    case 'release':
      return effect.kind;
    case 'destroy':
      return `destroy ${effect.dropletID}`;
    case 'act':
      return `${effect.request.type} ${effect.dropletID}`;
    case 'tag':
    case 'untag':
      return `${effect.kind} ${effect.dropletID} ${effect.tag}`;
    case 'assign':
      return `assign ${effect.dropletID} ${effect.projectID}`;
  }
}

/** Names what a refusal is about, for `status.refusal.what`. */
export function refusable(effect: Effect): string {
  return effect.kind === 'act' ? effect.request.type : effect.kind;
}
