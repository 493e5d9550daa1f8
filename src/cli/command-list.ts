import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';

/** Gives `command` its arguments, flags, examples and action. */
export /** `wholeProgram` builds the command tree with every command loaded. */
type Define = (command: Command, context: CliContext, wholeProgram: () => Promise<Command>) => void;

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** Loaded only when the command is used: help and completion stay quick. */
  readonly load: () => Promise<Define>;
}

const running = 'Run:';
const looking = 'Look:';
const changing = 'Change:';
const fleetWide = 'Fleet and cloud:';
const tools = 'Tools:';

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'make the cloud as declared, and keep it so',
    group: running,
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'plan',
    summary: 'show what `run` would do, and what it would cost',
    group: running,
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    name: 'validate',
    summary: 'check manifests, offline, or what the source declares',
    group: running,
    load: async () => (await import('./commands/validate.ts')).defineValidate,
  },
  {
    name: 'get',
    summary: 'list bots or accounts',
    group: looking,
    load: async () => (await import('./commands/get.ts')).defineGet,
  },
  {
    name: 'describe',
    summary: 'show everything about a bot or an account',
    group: looking,
    load: async () => (await import('./commands/describe.ts')).defineDescribe,
  },
  {
    name: 'wait',
    summary: 'wait until bots are Ready, gone or in a phase',
    group: looking,
    load: async () => (await import('./commands/wait.ts')).defineWait,
  },
  {
    name: 'start',
    summary: 'have bots run',
    group: changing,
    load: async () => (await import('./commands/start.ts')).defineStart,
  },
  {
    name: 'stop',
    summary: 'have bots stopped (their droplets stay, and are billed)',
    group: changing,
    load: async () => (await import('./commands/stop.ts')).defineStop,
  },
  {
    name: 'reboot',
    summary: 'ask for a reboot',
    group: changing,
    load: async () => (await import('./commands/reboot.ts')).defineReboot,
  },
  {
    name: 'redeploy',
    summary: 'ask for a new droplet in place of the present one',
    group: changing,
    load: async () => (await import('./commands/redeploy.ts')).defineRedeploy,
  },
  {
    name: 'token',
    summary: 'make a new registration token for a bot’s agent',
    group: changing,
    load: async () => (await import('./commands/token.ts')).defineToken,
  },
  {
    name: 'adopt',
    summary: 'take over a droplet that exists',
    group: changing,
    load: async () => (await import('./commands/adopt.ts')).defineAdopt,
  },
  {
    name: 'confirm',
    summary: 'let go on what is held: many bots or droplets gone at once, many destructions, a protected bot',
    group: fleetWide,
    load: async () => (await import('./commands/confirm.ts')).defineConfirm,
  },
  {
    name: 'resolve',
    summary: 'say which droplet a bot keeps that has several (FleetForked)',
    group: fleetWide,
    load: async () => (await import('./commands/resolve.ts')).defineResolve,
  },
  {
    name: 'orphans',
    summary: 'list droplets of the fleet that belong to no bot',
    group: fleetWide,
    load: async () => (await import('./commands/orphans.ts')).defineOrphans,
  },
  {
    name: 'fleet',
    summary: 'show the fleet’s identity, take it over, recover it',
    group: fleetWide,
    load: async () => (await import('./commands/fleet.ts')).defineFleet,
  },
  {
    name: 'mongodb',
    summary: 'prepare a MongoDB database for bots',
    group: fleetWide,
    load: async () => (await import('./commands/mongodb.ts')).defineMongoDB,
  },
  {
    name: 'encrypt',
    summary: 'encrypt an API key, so that it may stand in a manifest',
    group: tools,
    load: async () => (await import('./commands/encrypt.ts')).defineEncrypt,
  },
  {
    name: 'rotate-key',
    summary: 'encrypt every encrypted value again, with the newest key',
    group: tools,
    load: async () => (await import('./commands/rotate-key.ts')).defineRotateKey,
  },
  {
    name: 'simulate',
    summary: 'serve a simulated DigitalOcean',
    group: tools,
    load: async () => (await import('./commands/simulate.ts')).defineSimulate,
  },
  {
    name: 'crds',
    summary: 'print the CustomResourceDefinitions',
    group: tools,
    load: async () => (await import('./commands/crds.ts')).defineCRDs,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    group: tools,
    load: async () => (await import('./commands/completion.ts')).defineCompletion,
  },
  {
    name: 'version',
    summary: 'print the version',
    group: tools,
    load: async () => (await import('./commands/version.ts')).defineVersion,
  },
];
