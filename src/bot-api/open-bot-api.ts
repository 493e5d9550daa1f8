import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Beat, BotAPI, Health, HeartbeatCall, Refused } from './bot-api.ts';
import { ConfigHandler } from './config-handler.ts';
import { authenticate, shownBy } from './credentials.ts';
import { LongPolls } from './long-polls.ts';
import { notLeading, unauthorised } from './refusals.ts';
import { cleanedReport, ReportHandler } from './report-handler.ts';

export interface BotAPIDeps {
  readonly backend: AgentBackend;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Sent to bots with their config unless undefined. */
  readonly controlPlaneURL: string | undefined;
  /** How many calls may wait for a config at once; further calls do not wait. */
  readonly maxLongPolls: number;
  /** `host:port` of the process that leads, when known and not this one. */
  readonly leader: () => string | undefined;
}

export interface OpenBotAPI extends BotAPI {
  /** Calls that wait now. */
  readonly longPolls: number;
  /** Ends all waits, because the process stops or no longer leads. */
  close(): void;
}

/** The bot API of the process that leads, over its engine. */
export function openBotAPI(deps: BotAPIDeps): OpenBotAPI {
  const { backend, clock, maxLongPolls, leader } = deps;
  const polls = new LongPolls(backend, clock, maxLongPolls);
  const configs = new ConfigHandler({ ...deps, polls });
  const reports = new ReportHandler(deps);
  return {
    register: (call) => reports.register(call),
    config: (call) => configs.serve(call),
    acknowledge: (call) => reports.acknowledge(call),
    heartbeat: (call) => (backend.leads() ? beat(backend, call) : notLeading(leader())),
    health: () => healthOf(backend),
    get longPolls() {
      return polls.size;
    },
    close: () => polls.close(),
  };
}

function beat(backend: AgentBackend, call: HeartbeatCall): Beat | Refused {
  const agent = authenticate(backend, shownBy(call));
  if (!agent) return unauthorised;
  backend.beat(agent.bot.key, agent.shownSHA256, cleanedReport(call.bootstrap));
  return { kind: 'beat', desiredConfigID: agent.bot.status.desiredConfig?.id };
}

function healthOf(backend: AgentBackend): Health {
  const reasons = backend.leads() ? backend.trouble() : ['this process does not lead'];
  return { ok: reasons.length === 0, reasons };
}
