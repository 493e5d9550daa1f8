import type { RemediationPolicy } from '../model/spec/bot-spec.ts';
import type { DropletTemplate } from '../model/spec/bot-status.ts';
import type { RequestedDroplet } from '../model/spec/droplet-fields.ts';
import type { ActionRequest } from '../ports/cloud.ts';

/** The one cloud mutation (or release) of a pass. */
export type Effect =
  | {
      readonly kind: 'create';
      /** With the template's tags; the execution adds those of the birth and the request. */
      readonly order: RequestedDroplet;
      readonly template: DropletTemplate;
      readonly birth: number;
      /** The tag of the redeploy request that the create answers, if any. */
      readonly request?: string;
    }
  | ({ readonly kind: 'destroy' } & Destruction)
  | { readonly kind: 'act'; readonly dropletID: number; readonly request: ActionRequest }
  | { readonly kind: 'tag'; readonly dropletID: number; readonly tag: string }
  | { readonly kind: 'untag'; readonly dropletID: number; readonly tag: string }
  | { readonly kind: 'assign'; readonly dropletID: number; readonly projectID: string }
  | { readonly kind: 'release' };

/**
 * Why a droplet is destroyed. A person asked for it: `Deletion` (the bot was deleted), `Undeclared` (it is no
 * longer declared), `Redeploy` (a new redeployRequest), `Resolved` (`clawfleet resolve`). Nobody did:
 * `Duplicate`, `Replacement` (of a droplet that differs, under replacePolicy Automatic, or whose bot is
 * silent).
 */
type DestroyCause = 'Deletion' | 'Undeclared' | 'Redeploy' | 'Resolved' | 'Duplicate' | 'Replacement';

const unasked: ReadonlySet<DestroyCause> = new Set(['Duplicate', 'Replacement']);

export function isUnasked(cause: DestroyCause): boolean {
  return unasked.has(cause);
}

export interface Destruction {
  readonly dropletID: number;
  readonly cause: DestroyCause;
  /** For people. */
  readonly why: string;
  /** The droplet that remains, if this one is destroyed as surplus. */
  readonly stays?: number | undefined;
}

/** A read that the decision needs first; the same pass decides again with its answer. */
export type ReadRequest =
  | { readonly kind: 'droplet'; readonly dropletID: number }
  | { readonly kind: 'name' }
  | { readonly kind: 'adoptee'; readonly dropletID: number }
  | { readonly kind: 'actions'; readonly dropletID: number }
  | { readonly kind: 'action'; readonly actionID: number }
  | { readonly kind: 'catalogue' }
  | OfferRequest
  | SlotRequest;

/** Whether the cloud has what a create would name. */
export interface OfferRequest {
  readonly kind: 'offer';
  readonly image: string;
  readonly sshKeys: readonly string[];
  readonly vpcUUID?: string;
}

/** A request for something that must be reserved, not merely known; the answer comes in `Input.slots`. */
export type SlotRequest =
  | { readonly kind: 'slot'; readonly slot: 'create' }
  | { readonly kind: 'slot'; readonly slot: 'remediation'; readonly remediation: Remediation }
  | { readonly kind: 'slot'; readonly slot: 'destruction'; readonly dropletID: number };

/** What is done about a silent bot whose declaration asks for it. */
export type Remediation = Exclude<RemediationPolicy, 'None'>;

/** An effect that this process carried out, by its signature. */
export interface RecentEffect {
  readonly signature: string;
  /** How long ago, by the monotonic clock. */
  readonly sinceMs: number;
  /** How often in a row, without any other effect in between. */
  readonly times: number;
  /** The cloud's action that the effect began. */
  readonly actionID?: number;
}

/** Names an effect in `Input.effects`; effects that do the same have the same signature. */
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

/** What a refusal is about, as in `status.refusal.what`. */
export function refusable(effect: Effect): string {
  return effect.kind === 'act' ? effect.request.type : effect.kind;
}
