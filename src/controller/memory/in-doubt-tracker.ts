import type { AttemptWatch } from '../../decide/input.ts';
import type { BotRecord } from '../../model/records.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Clock } from '../../ports/clock.ts';

interface Doubt {
  since: number;
  lookUps: number;
  lastLookAt: number | undefined;
  lookedAfterWindow: boolean;
}

/**
 * How long each thing in doubt about a bot has been looked for, on the monotonic clock of this process alone: a stored
 * wall time proves nothing after a restart or a take-over.
 */
export class InDoubtTracker {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #byUID = new Map<string, Map<string, Doubt>>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Bots about which anything is in doubt. */
  get size(): number {
    return this.#byUID.size;
  }

  /** Begins the watch at its first mention; later mentions change nothing. */
  watch(uid: string, subject: string): AttemptWatch {
    const now = this.#clock.monotonic();
    const doubt = this.#find(uid, subject) ?? this.#begin(uid, subject, now);
    return {
      elapsedMs: now - doubt.since,
      lookUps: doubt.lookUps,
      sinceLastLookMs: doubt.lastLookAt === undefined ? undefined : now - doubt.lastLookAt,
      lookedAfterWindow: doubt.lookedAfterWindow,
    };
  }

  /** Notes a whole look-up that began at `begunAt` (monotonic ms). */
  lookedUp(uid: string, subject: string, begunAt: number): void {
    const doubt = this.#find(uid, subject) ?? this.#begin(uid, subject, begunAt);
    doubt.lookUps += 1;
    doubt.lastLookAt = begunAt;
    if (begunAt - doubt.since >= this.#windowMs) doubt.lookedAfterWindow = true;
  }

  /** The doubt arose, or arose again, now. */
  restart(uid: string, subject: string): void {
    this.#begin(uid, subject, this.#clock.monotonic());
  }

  /** Forgets whatever is not in doubt any more. */
  retain(uid: string, subjects: readonly string[]): void {
    const doubts = this.#byUID.get(uid);
    if (!doubts) return;
    for (const subject of doubts.keys()) if (!subjects.includes(subject)) doubts.delete(subject);
    if (doubts.size === 0) this.#byUID.delete(uid);
  }

  #find(uid: string, subject: string): Doubt | undefined {
    return this.#byUID.get(uid)?.get(subject);
  }

  #begin(uid: string, subject: string, since: number): Doubt {
    const doubt = { since, lookUps: 0, lastLookAt: undefined, lookedAfterWindow: false };
    const doubts = this.#byUID.get(uid) ?? new Map<string, Doubt>();
    this.#byUID.set(uid, doubts.set(subject, doubt));
    return doubt;
  }
}

/** Names what is in doubt about a bot: its attempt, its reboot claim, or its wiped status. */
export function doubtOf(bot: BotRecord): string | undefined {
  const { createAttempt, operation, ownerUID } = bot.status;
  if (createAttempt) return `attempt ${createAttempt.id}`;
  if (operation?.type === 'Reboot') return `reboot ${operation.stepAt}`;
  return !bot.pristine && ownerUID !== bot.uid ? 'status' : undefined;
}

/** Names a droplet that nothing but the answer to its create has shown yet. */
export function unseenDroplet(id: number): string {
  return `unseen ${id}`;
}

/** Everything that is in doubt about a bot. */
export function openDoubts(bot: BotRecord): string[] {
  const { droplet } = bot.status;
  const unseen = droplet && !droplet.seen ? [unseenDroplet(droplet.id)] : [];
  const doubt = doubtOf(bot);
  return doubt === undefined ? unseen : [...unseen, doubt];
}

/** Names, among the effects of this process, that the POST of an attempt never left it. */
export function unsentAttempt(attemptID: string): string {
  return `unsent ${attemptID}`;
}

/** Names, likewise, that the POST never left which the status claims; undefined where it claims none. */
export function unsentClaim({ createAttempt, operation }: BotStatus): string | undefined {
  if (createAttempt) return unsentAttempt(createAttempt.id);
  return operation?.type === 'Reboot' ? `unsent reboot ${operation.stepAt}` : undefined;
}
