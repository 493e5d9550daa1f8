import { createHash } from 'node:crypto';
import { omit } from '../../kit/pick.ts';
import { type BootstrapReport, isSameReport } from '../../model/agent-report.ts';
import { canonicalJSON } from '../../model/sharing/canonical-json.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { ConditionStatus } from '../../model/spec/condition.ts';
import { commandFor, isoOf, type Situation, stalled, timeOf, type Waiting } from '../situation.ts';

interface BootstrapVerdict {
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/**
 * Bootstrap steps that a bot can do without: the customizer is best effort; the health script and the
 * resumption serve people and later boots. Every other step counts as needed, even one that this release does
 * not know.
 */
const dispensable = new Set(['resume after a reboot', 'health script', 'customizer']);

/**
 * Longer than a toolchain with many crates takes to build on one core; each command of the script has its own
 * limit.
 */
const longestRunMs = 4 * 3_600_000;
const mostNamed = 8;
const log = '/var/log/openclaw-bootstrap.log';

/**
 * The status with what the agent reports of its droplet's bootstrap; the run's clock stops while the droplet
 * is off.
 */
export function withBootstrap({ agent, bot, status, now }: Situation): BotStatus {
  const report = bot.deletion ? undefined : agent?.bootstrap;
  const isNews = report !== undefined && !isSameReport(report, status.bootstrap);
  return withRunTime(isNews ? withReport(status, report) : status, now);
}

/** The status with the bootstrap as `report` describes it, if it says anything. */
export function withReport(status: BotStatus, report: BootstrapReport | undefined): BotStatus {
  const rest = omit(status, 'bootstrap');
  if (!report) return rest;
  const { running, failedSteps } = report;
  const since = running ? status.bootstrap?.runningSince : undefined;
  return {
    ...rest,
    bootstrap: {
      running,
      failedSteps: [...failedSteps],
      ...(since !== undefined && { runningSince: since }),
    },
  };
}

function withRunTime(status: BotStatus, now: number): BotStatus {
  const { bootstrap, droplet } = status;
  if (!bootstrap) return status;
  const runs = bootstrap.running && droplet?.status === 'active';
  if (runs === (bootstrap.runningSince !== undefined)) return status;
  return {
    ...status,
    bootstrap: runs ? { ...bootstrap, runningSince: isoOf(now) } : omit(bootstrap, 'runningSince'),
  };
}

/** How the droplet's bootstrap stands; undefined if no agent has reported it. */
export function bootstrapOf(situation: Situation): BootstrapVerdict | undefined {
  const { bootstrap } = situation.status;
  if (!situation.agent || !bootstrap) return undefined;
  const needed = bootstrap.failedSteps.filter((step) => !dispensable.has(step));
  if (needed.length > 0)
    return no('BootstrapFailed', `Failed on its droplet: ${named(needed)}. ${wayOut(situation)}`);
  if (isStuck(situation)) return no('BootstrapStuck', stuckMessage(situation));
  if (bootstrap.running)
    return {
      status: 'Unknown',
      reason: 'BootstrapRunning',
      message: 'The bootstrap of its droplet is at work',
    };
  if (bootstrap.failedSteps.length > 0)
    return no(
      'BootstrapIncomplete',
      `Failed on its droplet, although the bot can do without: ${named(bootstrap.failedSteps)}. ${wayOut(situation)}`,
    );
  return { status: 'True', reason: 'BootstrapComplete', message: 'The bootstrap of its droplet is complete' };
}

/** Why a bot that answers is not fit for work; a person has to mend its droplet. */
export function bootstrapWaiting(situation: Situation): Waiting | undefined {
  const verdict = bootstrapOf(situation);
  if (verdict?.status !== 'False' || verdict.reason === 'BootstrapIncomplete') return undefined;
  return stalled(verdict.reason, verdict.message);
}

/** When a running bootstrap will have taken too long (epoch ms). */
export function nextBootstrapLook(situation: Situation): number | undefined {
  const since = situation.status.bootstrap?.runningSince;
  return since === undefined || isStuck(situation) ? undefined : timeOf(since) + longestRunMs;
}

function isStuck({ status, now }: Situation): boolean {
  const since = status.bootstrap?.runningSince;
  return since !== undefined && now - timeOf(since) >= longestRunMs;
}

function no(reason: string, message: string): BootstrapVerdict {
  return { status: 'False', reason, message };
}

function named(steps: readonly string[]): string {
  const more = steps.length - mostNamed;
  return steps.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function wayOut({ bot }: Situation): string {
  return `${log} there says why; once that is mended, \`sudo systemctl start openclaw-bootstrap\` on the droplet tries again, as does ${commandFor(bot, 'reboot')}`;
}

function stuckMessage({ bot }: Situation): string {
  const hours = longestRunMs / 3_600_000;
  return `The bootstrap of its droplet has been at work for over ${hours} hours: look into ${log} there, or run ${commandFor(bot, 'reboot')}, which starts it again`;
}

const hashes = new WeakMap<BotSpec, string>();

/** SHA-256, in hex, of the declared bootstrap block as canonical JSON. */
export function bootstrapHash(spec: BotSpec): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const hash = createHash('sha256')
    .update(canonicalJSON(spec.bootstrap ?? {}))
    .digest('hex');
  hashes.set(spec, hash);
  return hash;
}
