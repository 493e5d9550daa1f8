import { parseArgs } from 'node:util';

export interface ChaosArguments {
  readonly kills: number;
  readonly bots: number;
  /** Decides every edit, fault and moment of a kill; what the processes make of them takes its own time. */
  readonly seed: number;
  /** Leaves manifests, state, journal and logs behind. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const usage = `npm run --silent chaos -- [--kills 100] [--bots 200] [--seed N] [--keep]

Kills the controller with -9 at random moments while bots are created, changed and destroyed on a simulated
DigitalOcean that loses answers, fails and lags. Afterwards desired must equal actual. Exit code 1 when it does
not; --keep leaves manifests, state, journal and logs behind.`;

/** Throws an Error that names what is wrong. */
export function parseChaosArguments(args: readonly string[], anySeed: number): ChaosArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '100' },
      bots: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(anySeed) },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    kills: count('--kills', values.kills),
    bots: count('--bots', values.bots),
    seed: count('--seed', values.seed),
    keep: values.keep,
    help: values.help,
  };
}

function count(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${flag} must be a whole number, got ${JSON.stringify(text)}`);
}
