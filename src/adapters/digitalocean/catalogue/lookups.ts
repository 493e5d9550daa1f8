import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions, FreshOptions, ImageOffer, VPC } from '../../../ports/cloud.ts';
import { PortError } from '../../../ports/port-error.ts';
import { SlidingWindow } from '../budget/sliding-window.ts';
import { readImage, readVPC } from '../readers/offer-readers.ts';
import type { DigitalOceanClient } from '../transport/digital-ocean-client.ts';
import { nothing, under } from '../transport/malformed-answer.ts';
import { routes } from '../transport/routes.ts';
import { AnswerCache } from './answer-cache.ts';

/** Things may be gone a minute later: one click deletes a snapshot. */
const answerLifeMs = 60_000;
/** Keys rarely change, and may be looked up only ten times a minute. */
const freshKeyMs = 600_000;

/**
 * Looks up the single things that a create names. Absence is never cached:
 * somebody may be creating the thing.
 */
export class Lookups {
  readonly #images: AnswerCache<ImageOffer>;
  readonly #keys: AnswerCache<void>;
  readonly #vpcs: AnswerCache<VPC>;

  constructor(client: DigitalOceanClient, clock: Clock) {
    const keyPace = new KeyPace(clock);
    this.#images = new AnswerCache({
      ...{ what: 'the image', freshMs: answerLifeMs, clock },
      read: (parameter: string, options: CallOptions) =>
        client.call({ route: routes.getImage, parameter, read: under('image', readImage) }, options),
    });
    this.#vpcs = new AnswerCache({
      ...{ what: 'the VPC', freshMs: answerLifeMs, clock },
      read: (parameter: string, options: CallOptions) =>
        client.call({ route: routes.getVPC, parameter, read: under('vpc', readVPC) }, options),
    });
    this.#keys = new AnswerCache({
      ...{ what: 'the SSH key', freshMs: freshKeyMs, clock },
      read: async (parameter: string, options: CallOptions) => {
        keyPace.take();
        await client.call({ route: routes.getKey, parameter, read: nothing }, options);
      },
    });
  }

  image(idOrSlug: string, options: FreshOptions): Promise<ImageOffer> {
    return this.#images.get(idOrSlug, options);
  }

  key(idOrFingerprint: string, options: FreshOptions): Promise<void> {
    return this.#keys.get(idOrFingerprint, options);
  }

  vpc(uuid: string, options: FreshOptions): Promise<VPC> {
    return this.#vpcs.get(uuid, options);
  }
}

/**
 * The most look-ups of SSH keys in any minute (https://docs.digitalocean.com/reference/api/, "Rate Limit").
 */
const keyCalls = 10;
const windowMs = 60_000;

/** Keeps look-ups of SSH keys within their own limit, so that a 429 to one of them is an exception. */
class KeyPace {
  readonly #clock: Clock;
  readonly #window = new SlidingWindow(keyCalls, windowMs);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one call; throws `rateLimited` if the limit is reached. */
  take(): void {
    const now = this.#clock.monotonic();
    const waitMs = this.#window.freeAt(now, 1, 0) - now;
    if (waitMs > 0) {
      const until = this.#clock.now() + Math.ceil(waitMs);
      throw new PortError(
        { kind: 'rateLimited', until },
        `${routes.getKey.name} was not sent: only ${keyCalls} SSH keys a minute may be looked up; next try at ${new Date(until).toISOString()}`,
      );
    }
    this.#window.take(now);
  }
}
