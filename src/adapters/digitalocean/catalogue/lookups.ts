import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions, FreshOptions, ImageOffer, VPC } from '../../../ports/cloud.ts';
import { readImage, readVPC } from '../readers/offer-readers.ts';
import { nothing, under } from '../transport/call-parts.ts';
import type { DigitalOceanClient } from '../transport/digital-ocean-client.ts';
import { routes } from '../transport/routes.ts';
import { AnswerCache } from './answer-cache.ts';
import { KeyPace } from './key-pace.ts';

/** What is there may be gone a minute later: a snapshot is deleted by one click. */
const answerLifeMs = 60_000;
/** Keys change seldom, and may be asked for ten times a minute only. */
const freshKeyMs = 600_000;

/** Asks for the single things that a create names. What is absent is never remembered: somebody may be making it. */
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
