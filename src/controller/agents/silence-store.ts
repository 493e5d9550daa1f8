import type { MassSilence } from '../../model/fleet-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';
import { changeFleet } from '../fleet/change-fleet.ts';
import { Ticker } from '../queue/ticker.ts';

interface Parts {
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Leadership;
  /** Bots silent together, and bots listened for. */
  readonly count: () => { readonly silent: number; readonly listened: number };
}

/** Changes within this time share one write. */
const gatherMs = 1_000;

/** Reports that many bots fell silent together: in the log, and in the fleet's own record. */
export class SilenceStore {
  readonly #parts: Parts;
  readonly #saver: Ticker;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#saver = new Ticker(parts.clock, () => this.#save());
  }

  /** How many are silent together has changed. */
  changed(): void {
    this.#saver.at(gatherMs);
  }

  stop(): void {
    this.#saver.stop();
  }

  async #save(): Promise<void> {
    const { source, log, leadership, count } = this.#parts;
    if (leadership.msLeft() <= 0) return;
    const before = source.fleet().state.silence;
    const { silent } = count();
    try {
      const silence = this.#silence(before);
      await changeFleet(source, ({ silence: _, ...state }) => ({ ...state, ...(silence && { silence }) }));
    } catch (error) {
      log.error(
        { err: error },
        'could not store that many bots are silent; none of them is remedied all the same',
      );
      this.#saver.at(gatherMs);
    }
    if (!before && silent > 0)
      log.warn({ silent }, 'many bots fell silent together: none of them is rebooted or replaced for that');
    if (before && silent === 0) log.info({}, 'the bots that fell silent together are heard again');
  }

  #silence(before: MassSilence | undefined): MassSilence | undefined {
    const { clock, count } = this.#parts;
    const { silent, listened } = count();
    if (silent === 0) return undefined;
    return { since: before?.since ?? new Date(clock.now()).toISOString(), silent, before: listened };
  }
}
