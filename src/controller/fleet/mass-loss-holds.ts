import { isDeepStrictEqual } from 'node:util';
import { omit } from '../../kit/pick.ts';
import type { FleetState, Hold, OldState } from '../../model/fleet-state.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CloudIdentity } from '../../ports/cloud.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';
import type { EngineParts } from '../parts.ts';
import { Ticker } from '../queue/ticker.ts';
import { changeFleet } from './change-fleet.ts';
import { DestructionGuard } from './destruction-guard.ts';
import { HoldLapse } from './hold-lapse.ts';
import { LossGuard } from './loss-guard.ts';
import { oldStateMessage, StateAge } from './state-age.ts';

type Parts = Pick<EngineParts, 'source' | 'clock' | 'log' | 'leadership'>;

const saveRetryMs = 1_000;
const kinds = ['delete', 'recreate', 'destroy'] as const;
const whatOf: Readonly<Record<Hold['kind'], string>> = {
  delete: 'bots are no longer declared',
  recreate: 'droplets vanished at once',
  destroy: 'droplets were to be destroyed without anybody asking for it',
};

/** Keeps the fleet's own record: its cloud, and holds after mass losses; stores them and hears of confirmations. */
export class MassLossHolds {
  readonly deletions: LossGuard;
  readonly recreations: LossGuard;
  readonly destructions: DestructionGuard;
  readonly #source: Source;
  readonly #log: Log;
  readonly #leadership: Leadership;
  readonly #call: (keys: readonly ResourceKey[]) => void;
  readonly #saver: Ticker;
  readonly #lapse: HoldLapse;
  readonly #done = {
    delete: new Set<ResourceKey>(),
    recreate: new Set<ResourceKey>(),
    destroy: new Set<ResourceKey>(),
  };
  readonly #resolved = new Set<ResourceKey>();
  readonly #age = new StateAge();
  readonly #now: () => number;
  #saving: Promise<void> | undefined;

  constructor(parts: Parts, call: (keys: readonly ResourceKey[]) => void) {
    const { source, clock, log, leadership } = parts;
    this.#source = source;
    this.#log = log;
    this.#leadership = leadership;
    this.#now = () => clock.now();
    this.#call = call;
    this.deletions = new LossGuard(clock, 'delete', () => {
      this.#saver.at(0);
      this.#lapse.arm();
    });
    this.recreations = new LossGuard(clock, 'recreate', () => this.#saver.at(0));
    this.destructions = new DestructionGuard(source, clock, () => this.#saver.at(0));
    this.#saver = new Ticker(clock, () => this.#saveSoon());
    this.#lapse = new HoldLapse(parts, this.deletions, () => this.refresh());
  }

  /** The stored record, its confirmations included, was changed by someone (or read for the first time). */
  refresh(): void {
    const { state } = this.#source.fleet();
    const { holds, confirmed } = state;
    if (this.#age.restore(state)) this.#acceptState();
    const stored = (kind: Hold['kind']) => holds.find((hold) => hold.kind === kind);
    const freed = [
      ...this.deletions.restore(stored('delete'), confirmed.delete),
      ...this.recreations.restore(stored('recreate'), confirmed.recreate),
      ...this.destructions.restore(stored('destroy'), confirmed.destroy ?? []),
    ];
    this.#forgetGhosts();
    if (freed.length === 0) return;
    this.#log.info({ bots: freed }, 'what was held for these bots may go on');
    this.#saver.at(0);
    this.#call(freed);
  }

  /** A bot that is no more holds nothing up, and none that came back while nobody looked is to be deleted. */
  #forgetGhosts(): void {
    for (const guard of [this.deletions, this.recreations])
      for (const key of guard.hold()?.keys ?? []) if (!this.#source.bot(key)) guard.forget(key);
    for (const key of this.deletions.hold()?.keys ?? [])
      if (!this.#source.bot(key)?.deletion) this.deletions.returned(key);
  }

  stop(): void {
    this.#saver.stop();
    this.#lapse.stop();
  }

  holds(): Hold[] {
    const guards = [this.deletions, this.recreations, this.destructions];
    return guards.map((guard) => guard.hold()).filter((hold) => hold !== undefined);
  }

  /** Resolves once what is held is on record: nothing that rests on a hold is stored before it. Throws what the source throws. */
  async secured(): Promise<void> {
    if (isDeepStrictEqual(this.#stored(), this.holds()) && !this.#age.isUnsaved) return;
    // A write under way may have begun before the newest hold.
    await this.#saving?.catch(() => {});
    await this.#save();
  }

  /** Binds the fleet to the cloud of the controller's own token. */
  async bindCloud({ apiURL, accountUUID }: CloudIdentity): Promise<void> {
    if (this.#leadership.msLeft() <= 0) return;
    await changeFleet(this.#source, (state) => ({ ...state, cloud: { apiURL, accountUUID } }));
  }

  /** The bot is declared, again or still: a loss of it that was confirmed is over. */
  declared(key: ResourceKey): void {
    this.deletions.returned(key);
    this.carriedOut('delete', key);
  }

  /** The bot has a droplet, and it is there. */
  droplet(key: ResourceKey): void {
    this.recreations.present(key);
    this.carriedOut('recreate', key);
  }

  /** Why nothing is destroyed for what the state says, until a person accepts the state. */
  get oldState(): OldState | undefined {
    return this.#age.found;
  }

  /** So many droplets are newer than the bots' records. */
  stateIsOld(droplets: number): void {
    if (!this.#age.find(droplets, new Date(this.#now()).toISOString())) return;
    this.#log.error({ droplets }, this.oldState ? oldStateMessage(this.oldState) : '');
    this.#voidDecisions();
    this.#saver.at(0);
  }

  /** What a person confirmed or decided before the state was copied was about other losses, and other droplets. */
  #voidDecisions(): void {
    const { confirmed, resolutions = [] } = this.#source.fleet().state;
    for (const kind of kinds) for (const key of confirmed[kind] ?? []) this.#done[kind].add(key);
    for (const { key } of resolutions) this.#resolved.add(key);
    for (const guard of [this.deletions, this.recreations]) guard.unconfirm();
    for (const key of confirmed.delete)
      if (this.#source.bot(key)?.deletion?.implicit) this.deletions.lost(key);
  }

  #acceptState(): void {
    this.#log.warn({}, 'the state was accepted as it is: what waited for that goes on');
    this.#call([...this.#source.bots()].map(({ key }) => key));
  }

  /** Which of its droplets the bot keeps, as a person decided. */
  keepOf(key: ResourceKey): number | undefined {
    return this.#source.fleet().state.resolutions?.find((one) => one.key === key)?.keep;
  }

  /** What a person decided about the bot's droplets is carried out. */
  resolved(key: ResourceKey): void {
    if (this.keepOf(key) === undefined) return;
    this.#resolved.add(key);
    this.#saver.at(0);
  }

  /** Nothing of the bot is to be destroyed unasked any more. */
  spared(key: ResourceKey): void {
    if (this.destructions.release(key)) this.carriedOut('destroy', key);
  }

  /** What was confirmed for this bot has been carried out: another loss of it is another matter. */
  carriedOut(kind: Hold['kind'], key: ResourceKey): void {
    if (!this.#source.fleet().state.confirmed[kind]?.includes(key)) return;
    this.#done[kind].add(key);
    this.#saver.at(0);
  }

  async #saveSoon(): Promise<void> {
    if (this.#leadership.msLeft() <= 0) return;
    try {
      await this.#save();
    } catch (error) {
      this.#log.error(
        { err: error },
        'the hold after a mass loss could not be stored; it is in force all the same',
      );
      this.#saver.at(saveRetryMs);
    }
  }

  /** One write at a time; changes made meanwhile share the next one. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveHolds().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #saveHolds(): Promise<void> {
    const before = this.#stored();
    const done = kinds.map((kind) => [kind, [...this.#done[kind]]] as const);
    const resolved = [...this.#resolved];
    await changeFleet(this.#source, (state) => this.#next(state));
    for (const [kind, keys] of done) for (const key of keys) this.#done[kind].delete(key);
    for (const key of resolved) this.#resolved.delete(key);
    // What was carried out is confirmed no more.
    this.refresh();
    if (isDeepStrictEqual(this.#stored(), before)) return;
    for (const hold of this.holds()) this.#tell(hold);
  }

  /** The holds on record. */
  #stored(): readonly Hold[] {
    return this.#source.fleet().state.holds;
  }

  #next(state: FleetState): FleetState {
    const resolutions = (state.resolutions ?? []).filter(({ key }) => !this.#resolved.has(key));
    return {
      ...omit(state, 'resolutions', 'oldState'),
      holds: this.holds(),
      confirmed: this.#pending(state),
      ...(resolutions.length > 0 && { resolutions }),
      ...this.#age.of(state),
    };
  }

  /** What was confirmed and is not carried out yet. */
  #pending({ confirmed }: FleetState): FleetState['confirmed'] {
    const left = (kind: Hold['kind']) => (confirmed[kind] ?? []).filter((key) => !this.#done[kind].has(key));
    const destroy = left('destroy');
    return { delete: left('delete'), recreate: left('recreate'), ...(destroy.length > 0 && { destroy }) };
  }

  #tell(hold: Hold): void {
    const what = whatOf[hold.kind];
    const { kind, keys, before, until } = hold;
    const end = until === undefined ? 'held until confirmed' : `held until confirmed, or until ${until}`;
    this.#log.warn({ kind, bots: keys }, `${keys.length} of ${before} ${what}: ${end}`);
    this.#call(hold.keys);
  }
}
