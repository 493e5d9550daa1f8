import { join } from 'node:path';
import { Child } from './child.ts';
import type { Lab } from './lab.ts';
import { MetricsPage } from './metrics-page.ts';

export interface ControllerStart {
  /** Flags of `clawfleet run` that name the source. */
  readonly source: readonly string[];
  /** What names the source in the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the cloud. */
  readonly apiURL: string;
  /** Further flags of `clawfleet run`. */
  readonly flags: readonly string[];
  /** Whether bots are served; default false. */
  readonly serveBots?: boolean;
}

/** Flags for bots declared in a directory. */
export function directorySource(directory: string, stateFile: string): readonly string[] {
  return ['--source', directory, '--state', stateFile];
}

/** `clawfleet run` in a process of its own, as users have it: a build, JSON logs, settings by flags. */
export class ControllerProcess {
  readonly child: Child;
  /** When the process was started, by performance.now(). */
  readonly startedAt: number;
  #metricsURL: string | undefined;

  private constructor(child: Child, startedAt: number) {
    this.child = child;
    this.startedAt = startedAt;
  }

  /** Ends with the lab, or sooner. */
  static start(lab: Lab, options: ControllerStart): ControllerProcess {
    const { source, env, apiURL, flags, serveBots = false } = options;
    const startedAt = performance.now();
    const directory = lab.directory('controller');
    const child = new Child({
      command: lab.program,
      args: [
        ...['run', ...source, '--listen', '127.0.0.1:0', '--log-format', 'json'],
        ...(serveBots ? [] : ['--no-bot-api']),
        ...flags,
      ],
      env: { ...env, DIGITALOCEAN_ACCESS_TOKEN: 'lab', DIGITALOCEAN_API_URL: apiURL },
      // Where a run notes its source for the other commands: the checkout's own must stay.
      cwd: directory,
      logFile: join(directory, 'log'),
    });
    lab.ends.defer(() => child.kill());
    return new ControllerProcess(child, startedAt);
  }

  /** Throws with the last words of a controller that has ended. */
  async metrics(): Promise<MetricsPage> {
    this.#metricsURL ??= await this.child.says(/"metrics":"(http:[^"]+)"/);
    try {
      const answer = await fetch(this.#metricsURL);
      return new MetricsPage(await answer.text());
    } catch (error) {
      const cause = this.child.alive ? 'does not answer' : 'has ended';
      throw new Error(`the controller ${cause}; it said last:\n${this.child.lastWords()}`, { cause: error });
    }
  }
}
