import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { FleetState } from '../../../../model/fleet-state.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import { keyOf } from '../../client/kube-object.ts';
import type { BotObject } from '../objects.ts';

/** Holds the status that a Bot has before its status subresource has any: it goes with the finalizer in one write. */
export const firstStatusAnnotation = 'clawfleet.dev/create-attempt';

/** Whatever is older than this was followed by a status that somebody has wiped. */
const longestMs = 86_400_000;

interface Content {
  /** Of the Bot that it is about: an annotation comes along when an object is copied, or restored from a backup. */
  readonly uid: string;
  readonly at: string;
  readonly status: BotStatus;
}

export interface FirstStatusParts {
  /** Undefined where it may not be read. */
  readonly fleet: () => Pick<FleetState, 'fleetID' | 'configKey'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * First statuses as annotations. Whoever may edit a Bot may write its annotations, but not its status: so they are
 * sealed by a key that follows from the fleet's record, and one that we did not write says nothing.
 */
export class FirstStatuses {
  readonly #parts: FirstStatusParts;

  constructor(parts: FirstStatusParts) {
    this.#parts = parts;
  }

  /** The annotation's text; undefined where the fleet's record holds no key. */
  sealed(uid: string, status: BotStatus): string | undefined {
    const content = { uid, at: new Date(this.#parts.clock.now()).toISOString(), status };
    const seal = this.#sealOf(content);
    return seal && JSON.stringify({ ...content, seal: seal.toString('hex') });
  }

  /** What the object's annotation says of this very object; undefined when it says nothing. */
  of(object: BotObject): BotStatus | undefined {
    const { uid, annotations } = object.metadata;
    const text = annotations?.[firstStatusAnnotation];
    if (text === undefined) return undefined;
    const content = contentOf(text);
    if (content && content.uid !== uid) return undefined;
    if (!content || !this.#isOurs(content, content.seal)) {
      const message = `annotation ${firstStatusAnnotation} was not written by this fleet and is ignored`;
      this.#parts.log.warn({ bot: keyOf(object) }, message);
      return undefined;
    }
    return this.#parts.clock.now() - Date.parse(content.at) < longestMs ? content.status : undefined;
  }

  #isOurs(content: Content, seal: string): boolean {
    const expected = this.#sealOf(content);
    const given = Buffer.from(seal, 'hex');
    return expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
  }

  #sealOf({ uid, at, status }: Content): Buffer | undefined {
    const { configKey, fleetID = '' } = this.#parts.fleet() ?? {};
    if (configKey === undefined) return undefined;
    const key = hkdfSync('sha256', Buffer.from(configKey, 'base64'), fleetID, 'clawfleet first status', 32);
    return createHmac('sha256', new Uint8Array(key))
      .update(JSON.stringify([uid, at, status]))
      .digest();
  }
}

/** Whether the object carries exactly this text. */
export function carriesFirst({ metadata }: BotObject, text: string): boolean {
  return metadata.annotations?.[firstStatusAnnotation] === text;
}

function contentOf(text: string): (Content & { readonly seal: string }) | undefined {
  try {
    const { uid, at, status, seal } = Object(JSON.parse(text));
    const texts = [uid, at, seal].every((each) => typeof each === 'string');
    return texts && typeof status === 'object' && status !== null ? { uid, at, status, seal } : undefined;
  } catch {
    return undefined;
  }
}
