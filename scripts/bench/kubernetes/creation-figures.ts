import { aimed, type Figure, told } from '../figure.ts';
import { median, percentile } from '../percentile.ts';
import type { CreationRun } from './creation-run.ts';
import { clients } from './plant-bots.ts';

/** Medians of some runs of `bots` bots each, beside what the API server does by itself. */
export function creationFigures(runs: readonly CreationRun[], bots: number): Figure[] {
  const middle = (of: (run: CreationRun) => number) => median(runs.map(of));
  const figure = (name: string, of: (run: CreationRun) => number, unit: string, what: string) =>
    told(`kubernetes.${name}`, middle(of), unit, what);
  const each = (name: string, of: (run: CreationRun) => number, aim: number, unit: string, what: string) =>
    aimed(`kubernetes.${name}`, middle(of) / bots, unit, aim, what);
  const ready = middle((run) => run.readySeconds);
  const firstWrite = (percent: number) => (run: CreationRun) =>
    percentile(run.ceiling.firstWritesMs, percent);
  const first = `accepted to first cloud call, ${bots} at once`;
  const alone = 'the same writes by the same clients, without controller';
  const one = 'the one write that comes before the call, alone';
  return [
    aimed('kubernetes.readySeconds', ready, 's', 3, 'last create to all DropletReady'),
    figure('createSeconds', (run) => run.createSeconds, 's', `${clients} clients, ${bots} creates`),
    figure('apiSeconds', (run) => run.ceiling.seconds, 's', alone),
    figure('apiCreateSeconds', (run) => run.ceiling.createSeconds, 's', 'of these, the creates'),
    figure('ratio', overAPI, '×', 'first create to all DropletReady, of apiSeconds'),
    each('cloudCallsPerBot', (run) => run.cloudCalls, 1.05, 'calls', 'a bot, but for lists'),
    figure('lists', (run) => run.lists, 'calls', 'pages of lists, all together'),
    each('apiWritesPerBot', (run) => run.apiWrites, 4, 'writes', 'of a Bot, but for its create and events'),
    figure('accountWrites', (run) => run.accountWrites, 'writes', 'of the Account, all together'),
    figure('flood.p50', (run) => run.firstCallP50, 'ms', first),
    figure('flood.p99', (run) => run.firstCallP99, 'ms', first),
    figure('firstWrite.p50', firstWrite(50), 'ms', one),
    figure('firstWrite.p99', firstWrite(99), 'ms', one),
    ...cpuFigures(runs, bots),
  ];
}

function overAPI({ createSeconds, readySeconds, ceiling }: CreationRun): number {
  return (createSeconds + readySeconds) / ceiling.seconds;
}

function cpuFigures(runs: readonly CreationRun[], bots: number): Figure[] {
  const each = (name: string, seconds: (run: CreationRun) => number, what: string) =>
    told(`kubernetes.cpu.${name}`, (1_000 * median(runs.map(seconds))) / bots, 'ms', what);
  const names = ['controller', 'apiserver', 'etcd', 'simulator', 'load'] as const;
  return [
    ...names.map((name) => each(name, (run) => run.cpu[name], 'CPU a bot, until all are DropletReady')),
    each('api', (run) => run.ceiling.cpuSeconds, 'CPU a bot of kube-apiserver and etcd, without controller'),
  ];
}
