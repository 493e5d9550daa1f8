import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDirectoryReader } from '../../src/adapters/directory/directory-reader.ts';
import type { JournalEntry } from '../../src/adapters/simulator/admin/journal.ts';
import { seededChance } from '../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { Chance } from '../../src/ports/chance.ts';
import type { SourceReader } from '../../src/ports/source-reader.ts';
import { ControllerProcess, directorySource } from '../../test/lab/controller-process.ts';
import { writeAccount } from '../../test/lab/fleet-files.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { SimulatorProcess } from '../../test/lab/simulator-process.ts';
import { chaoticCloud, faults, settlingWindowMs } from './cloud.ts';
import { DeclaredFleet } from './declared-fleet.ts';
import { Monkey, type Stored } from './monkey.ts';
import { fleetID } from './subject.ts';
import { differences, type Evidence, sins, type Violation } from './verdict.ts';

export interface StormOptions {
  readonly kills: number;
  readonly bots: number;
  readonly seed: number;
  /** A controller lives from a tenth of a second, amid its start, to this. */
  readonly longestLifeMs: number;
  /** How long everything may take to settle after the last kill. */
  readonly settleMs: number;
  /** How long nothing may happen after that. */
  readonly quietMs: number;
}

export interface StormResult {
  readonly violations: readonly Violation[];
  /** What was done, for people. */
  readonly summary: Readonly<Record<string, number>>;
  /** What is known of one droplet name: requests about its droplets. */
  readonly history: (droplet: string) => string[];
}

const flags = [
  ...['--fleet-id', fleetID, '--rate-limit', 'off', '--max-concurrent-creates', '50'],
  ...['--settling-window', `${settlingWindowMs}ms`, '--shutdown-grace', '2s'],
  ...['--poll-interval', '200ms', '--sweep-interval', '1s', '--absence-window', '2s'],
];
const shortestLifeMs = 100;
const editPauseMs = 120;
/** Looks between two lines about what is still to be done. */
const tellEvery = 20;

/** Bots that are created, changed and destroyed while their controller is killed again and again. */
export class Storm {
  readonly #lab: Lab;
  readonly #options: StormOptions;
  readonly #chance: Chance;
  readonly #fleet: DeclaredFleet;
  readonly #monkey: Monkey;
  readonly #stateFile: string;
  readonly #journalFile: string;
  readonly #simulator: SimulatorProcess;
  readonly #reader: SourceReader;
  readonly #crashes: Violation[] = [];

  private constructor(lab: Lab, options: StormOptions, journalFile: string, simulator: SimulatorProcess) {
    this.#lab = lab;
    this.#options = options;
    this.#chance = seededChance(options.seed);
    this.#fleet = new DeclaredFleet(lab.directory('bots'));
    this.#monkey = new Monkey(this.#fleet, options.bots, this.#chance);
    this.#stateFile = join(lab.directory('state'), 'state.db');
    this.#journalFile = journalFile;
    this.#simulator = simulator;
    this.#reader = openDirectoryReader({
      directory: this.#fleet.directory,
      stateFile: this.#stateFile,
      clock: systemClock,
    });
    lab.ends.defer(() => this.#reader.close());
  }

  static async run(lab: Lab, options: StormOptions): Promise<StormResult> {
    const journalFile = join(lab.directory('journal'), 'journal.jsonl');
    const simulator = await SimulatorProcess.start(lab, {
      settings: chaoticCloud,
      seed: options.seed,
      journalFile,
    });
    for (const rule of faults) await simulator.order(rule);
    return await new Storm(lab, options, journalFile, simulator).#run();
  }

  async #run(): Promise<StormResult> {
    writeAccount(this.#fleet.directory);
    for (let kill = 1; kill <= this.#options.kills; kill += 1) {
      if (kill % 10 === 0) this.#lab.say(`kill ${kill} of ${this.#options.kills}`);
      await this.#round(kill);
    }
    await this.#simulator.withdrawFaults();
    this.#monkey.create(this.#options.bots);
    const left = await this.#settle();
    const noise = left.length > 0 ? [] : await this.#listen();
    return await this.#judge([...this.#crashes, ...left, ...noise]);
  }

  /** A life of the controller: from its start, through some edits, to its kill. */
  async #round(kill: number): Promise<void> {
    const { kills, bots, longestLifeMs } = this.#options;
    const controller = this.#start();
    const lifeMs = shortestLifeMs + (longestLifeMs - shortestLifeMs) * this.#chance.random() ** 2;
    const endsAt = performance.now() + lifeMs;
    // All are declared by half-time, so that the other half sees them changed and destroyed.
    if (kill <= Math.ceil(kills / 2)) this.#monkey.create(Math.ceil((2 * bots) / kills));
    while (performance.now() < endsAt) {
      await sleep(Math.min(editPauseMs * 2 * this.#chance.random(), Math.max(0, endsAt - performance.now())));
      this.#monkey.edit(this.#stored());
    }
    this.#mustLive(controller);
    await controller.child.kill();
  }

  #start(): ControllerProcess {
    const { directory } = this.#fleet;
    const apiURL = this.#simulator.url;
    return ControllerProcess.start(this.#lab, {
      source: directorySource(directory, this.#stateFile),
      apiURL,
      flags,
    });
  }

  #mustLive({ child }: ControllerProcess): void {
    if (child.alive) return;
    this.#crashes.push({ droplet: '', text: `the controller ended by itself: ${child.log().slice(-2_000)}` });
  }

  /** Lets everything settle; what is still to be done when the time is over. */
  async #settle(): Promise<Violation[]> {
    this.#lab.say('settling');
    const controller = this.#start();
    const deadline = performance.now() + this.#options.settleMs;
    for (let looks = 1; ; looks += 1) {
      const left = differences(await this.#evidence());
      if (looks % tellEvery === 0) this.#lab.say(`to be done: ${left.map(({ text }) => text).join('; ')}`);
      if (left.length === 0 || performance.now() > deadline) {
        this.#mustLive(controller);
        await controller.child.end();
        return left;
      }
      await sleep(500);
    }
  }

  /** A start on a converged fleet and a while of rest: nothing may be changed. */
  async #listen(): Promise<Violation[]> {
    this.#lab.say('listening for calls that change anything');
    const before = await this.#simulator.mutations();
    const controller = this.#start();
    await sleep(this.#options.quietMs);
    this.#mustLive(controller);
    await controller.child.end();
    const changes = (await this.#simulator.mutations()) - before;
    return changes === 0
      ? []
      : [{ droplet: '', text: `${changes} calls changed something in a converged fleet` }];
  }

  async #judge(violations: readonly Violation[]): Promise<StormResult> {
    const evidence = await this.#evidence();
    const journal = readFileSync(this.#journalFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalEntry);
    const all = [...violations, ...sins(evidence, journal, await this.#simulator.clockOffset())];
    const count = (test: (entry: JournalEntry) => boolean) => journal.filter(test).length;
    const idsOf = (droplet: string) =>
      new Set(evidence.lives.filter(({ name }) => name === droplet).map(({ id }) => id));
    return {
      violations: all,
      summary: {
        kills: this.#options.kills,
        ...Object.fromEntries(this.#monkey.tally),
        requests: journal.length,
        creates: count(({ route }) => route === 'POST /v2/droplets'),
        'answers lost or broken': count(({ outcome }) => outcome !== 'response'),
        'droplets born': evidence.lives.length,
        'droplets alive': evidence.droplets.length,
        overlaps: evidence.overlaps.length,
        violations: all.length,
      },
      history: (droplet) => {
        const ids = idsOf(droplet);
        const about = (entry: JournalEntry) =>
          entry.dropletIDs.some((id) => ids.has(id)) || entry.query.includes(`name=${droplet}`);
        return journal.filter((entry) => entry.dropletIDs.length < 2 && about(entry)).map(line);
      },
    };
  }

  async #evidence(): Promise<Evidence> {
    const { lives, overlaps } = await this.#simulator.lives();
    const droplets = await this.#simulator.droplets();
    return { subjects: this.#fleet.subjects, stored: this.#stored(), droplets, lives, overlaps };
  }

  #stored(): Stored {
    const stored = this.#reader.bots().filter(({ status }) => Object.keys(status).length > 0);
    return new Map(stored.map((bot) => [bot.key, bot]));
  }
}

function line({ at, method, path, query, status, outcome, body }: JournalEntry): string {
  const what = `${method} ${path}${query && `?${query}`}`;
  const sent = body === undefined ? '' : JSON.stringify(body).slice(0, 160);
  return `${new Date(at).toISOString()} ${what} ${status ?? '-'} ${outcome} ${sent}`;
}
