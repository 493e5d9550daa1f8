import type { ResourceKey } from '../model/resource-key.ts';
import type { Decision } from './decision.ts';
import type { Input } from './input.ts';

/** The last decision about a bot and what it rests on, as JSON for people, without secrets. */
export type LastDecision =
  | {
      readonly bot: ResourceKey;
      readonly kept: true;
      /** ISO 8601. */
      readonly decidedAt: string;
      readonly decision: Decision;
      readonly input: Input;
    }
  /** `AtRest`: there was nothing to do about it. `NotKept`: no pass has decided anything since the start, or too many others did. */
  | { readonly bot: ResourceKey; readonly kept: false; readonly why: 'AtRest' | 'NotKept' };
