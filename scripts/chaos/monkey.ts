import type { BotRecord } from '../../src/model/records.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import type { Chance } from '../../src/ports/chance.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import { type Subject, sizes } from './subject.ts';

/** The bots' records as they are stored now, by key. */
export type Stored = ReadonlyMap<string, BotRecord>;

const colours = ['red', 'green', 'blue'];
/** At most this share of the bots is ever destroyed: far from what counts as a mass loss. */
const destroyedShare = 0.25;

/** Edits manifests at random, but never so that what must come of it would depend on how far the controller is. */
export class Monkey {
  readonly #fleet: DeclaredFleet;
  readonly #bots: number;
  readonly #chance: Chance;
  #made = 0;
  #destroyed = 0;
  /** How often each kind of edit was made. */
  readonly tally = new Map<string, number>();

  constructor(fleet: DeclaredFleet, bots: number, chance: Chance) {
    this.#fleet = fleet;
    this.#bots = bots;
    this.#chance = chance;
  }

  /** Declares up to `most` bots of those not yet declared. */
  create(most: number): void {
    for (let number = 0; number < most && this.#made < this.#bots; number += 1) {
      this.#fleet.declare(`bot-${String(this.#made).padStart(4, '0')}`);
      this.#made += 1;
      this.#count('create');
    }
  }

  /** Makes one edit, if the bot picked is one that it can be made to. */
  edit(stored: Stored): void {
    const edits = [
      'power',
      'power',
      'reboot',
      'redeploy',
      'tags',
      'tags',
      'size',
      'destroy',
      'again',
    ] as const;
    const edit = this.#pick(edits);
    if (edit === 'again') {
      this.#declareAgain(stored);
      return;
    }
    const subject = this.#pick(this.#fleet.declared());
    const record = subject && stored.get(resourceKey('default', subject.name));
    if (!edit || !subject || !record?.status.droplet || record.deletion) return;
    if (!this.#apply(edit, subject, record)) return;
    this.#count(edit);
    if (subject.declared) this.#fleet.write(subject);
  }

  #apply(
    edit: 'power' | 'reboot' | 'redeploy' | 'tags' | 'size' | 'destroy',
    subject: Subject,
    record: BotRecord,
  ): boolean {
    switch (edit) {
      case 'power':
        return this.#power(subject, record);
      case 'reboot':
        return this.#reboot(subject, record);
      case 'redeploy':
        return this.#redeploy(subject, record);
      case 'tags':
        return this.#tags(subject);
      case 'size':
        return this.#grow(subject);
      case 'destroy':
        return this.#destroy(subject);
    }
  }

  /** A bot stopped amid a redeploy would rightly have no droplet: not asked of any. */
  #power(subject: Subject, record: BotRecord): boolean {
    if (isRedeploying(subject, record)) return false;
    subject.powerState = subject.powerState === 'Running' ? 'Stopped' : 'Running';
    return true;
  }

  #reboot(subject: Subject, record: BotRecord): boolean {
    if (record.status.handledRequests?.reboot !== subject.rebootRequest) return false;
    subject.reboots += 1;
    return true;
  }

  #redeploy(subject: Subject, record: BotRecord): boolean {
    if (subject.powerState === 'Stopped' || isRedeploying(subject, record)) return false;
    subject.asks.push({ kind: 'redeploy', at: Date.now() });
    return true;
  }

  #tags(subject: Subject): boolean {
    const colour = this.#pick(colours) ?? '';
    const others = subject.tags.filter((tag) => tag !== colour);
    subject.tags = others.length === subject.tags.length ? [...others, colour] : others;
    return true;
  }

  #grow(subject: Subject): boolean {
    const next = sizes[sizes.indexOf(subject.size) + 1];
    if (next === undefined) return false;
    subject.size = next;
    return true;
  }

  #destroy(subject: Subject): boolean {
    if (this.#made < this.#bots || this.#destroyed >= this.#bots * destroyedShare) return false;
    this.#destroyed += 1;
    this.#fleet.undeclare(subject);
    return true;
  }

  /** Declares a bot anew under a name whose former bot has ended. */
  #declareAgain(stored: Stored): void {
    const former = this.#pick(this.#fleet.gone());
    if (!former || stored.has(resourceKey('default', former.name))) return;
    this.#fleet.declare(former.name);
    this.#count('again');
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#chance.random() * items.length)];
  }

  #count(edit: string): void {
    this.tally.set(edit, (this.tally.get(edit) ?? 0) + 1);
  }
}

function isRedeploying(subject: Subject, { status }: BotRecord): boolean {
  return status.handledRequests?.redeploy !== subject.redeployRequest;
}
