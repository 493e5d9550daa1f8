import type { Budget } from '../../../ports/budget.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions } from '../../../ports/cloud.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { CatalogueCache } from './catalogue-cache.ts';
import type { Lookups } from './lookups.ts';
import { blamed, type Choice, imageTrouble, validRegions, validSizes } from './valid-values.ts';

/** A refusal is reported without help rather than later than this. */
const longestWaitMs = 5000;

interface RefusalHelperOptions {
  readonly catalogue: CatalogueCache;
  readonly lookups: Lookups;
  readonly budget: Budget;
  readonly clock: Clock;
}

/** Adds the valid values to refusals of a size, region or image. */
export class RefusalHelper {
  readonly #options: RefusalHelperOptions;

  constructor(options: RefusalHelperOptions) {
    this.#options = options;
  }

  /** The error with help added if it is such a refusal and help is available; else unchanged. */
  async explain(error: unknown, choice: Choice): Promise<unknown> {
    const fault = faultOf(error, 'refused');
    if (!(error instanceof PortError) || fault?.kind !== 'refused' || fault.httpStatus !== 422) return error;
    const help = await this.#withinTime((options) => this.#help(fault.reason, choice, options));
    if (help === undefined) return error;
    const reason = `${fault.reason} (${help})`;
    return new PortError({ ...fault, reason }, `${error.message} (${help})`, { cause: error });
  }

  async #help(reason: string, choice: Choice, options: CallOptions): Promise<string | undefined> {
    const { image } = choice;
    switch (blamed(reason, choice)) {
      case 'size':
        return validSizes(choice, await this.#catalogue(options));
      case 'image':
        return image === undefined ? undefined : await this.#aboutImage(image, choice, options);
      case 'region':
        return validRegions(choice, await this.#catalogue(options));
      case undefined:
        return undefined;
    }
  }

  /** Only a look-up by its own name shows whether an image exists: lists leave some kinds out. */
  async #aboutImage(image: string, choice: Choice, options: CallOptions): Promise<string | undefined> {
    this.#requireFreeBudget();
    const offer = await this.#options.lookups.image(image, options).catch((error: unknown) => {
      if (faultOf(error, 'absent')) return undefined;
      throw error;
    });
    return imageTrouble(image, offer, choice, await this.#catalogue(options));
  }

  async #catalogue(options: CallOptions) {
    const { catalogue } = this.#options;
    if (!catalogue.isFresh) this.#requireFreeBudget();
    return await catalogue.get(options);
  }

  /** Help never waits for the call budget. */
  #requireFreeBudget(): void {
    const { budget, clock } = this.#options;
    if (budget.nextAt('background') <= clock.now()) return;
    throw new PortError({ kind: 'unavailable' }, 'the call budget has no room for an explanation');
  }

  async #withinTime(
    help: (options: CallOptions) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const giveUp = new AbortController();
    const cancel = this.#options.clock.schedule(longestWaitMs, () => giveUp.abort());
    try {
      return await help({ class: 'background', signal: giveUp.signal });
    } catch (error) {
      if (faultOf(error) === undefined) throw error;
      // The refusal matters; without help it keeps the API's own words.
      return undefined;
    } finally {
      cancel();
    }
  }
}
