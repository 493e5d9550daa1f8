import type { Lab } from '../../../test/lab/lab.ts';
import type { Rhythm } from './load-agent.ts';
import { LoadProcess } from './load-process.ts';
import type { Identity, Notes, Target } from './load-protocol.ts';

const processes = 2;

/** All agents of a fleet, in processes of their own. */
export class Agents {
  readonly #lab: Lab;
  readonly #parts: readonly LoadProcess[];

  /** End with the lab. */
  constructor(lab: Lab) {
    this.#lab = lab;
    this.#parts = Array.from({ length: processes }, () => new LoadProcess());
    lab.ends.defer(() => {
      for (const part of this.#parts) part.end();
    });
  }

  /** Resolves when all are registered and have acknowledged their first config. */
  async enrol(target: Target, identities: readonly Identity[]): Promise<void> {
    const counts = this.#parts.map(() => 0);
    const progress = (part: number) => (count: number) => {
      counts[part] = count;
      const enrolled = counts.reduce((sum, some) => sum + some);
      this.#lab.say(`bots: ${enrolled} of ${identities.length} registered`);
    };
    const shares = this.#parts.map((_, part) => identities.filter((_, at) => at % processes === part));
    await Promise.all(
      this.#parts.map((process, part) => process.enrol(target, shares[part] ?? [], progress(part))),
    );
  }

  live(rhythm: Rhythm): void {
    for (const part of this.#parts) part.live(rhythm);
  }

  move(target: Target): void {
    for (const part of this.#parts) part.move(target);
  }

  /** What happened since this was asked last. */
  async notes(): Promise<Notes> {
    const all = await Promise.all(this.#parts.map((part) => part.notes()));
    const failures: Record<string, number> = {};
    for (const [what, count] of all.flatMap((notes) => Object.entries(notes.failures)))
      failures[what] = (failures[what] ?? 0) + count;
    return {
      beats: all.flatMap(({ beats }) => beats),
      delivered: all.flatMap(({ delivered }) => delivered),
      acknowledged: all.flatMap(({ acknowledged }) => acknowledged),
      failures,
    };
  }
}
