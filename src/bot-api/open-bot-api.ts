import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Beat, BotAPI, Health, HeartbeatCall, Refused } from './bot-api.ts';
import { ConfigHandler } from './config-handler.ts';
import { authenticate, shownBy } from './credentials.ts';
import { LongPolls } from './long-polls.ts';
import { notLeading, unauthorised } from './refusals.ts';
import { ReportHandler, toldBootstrap } from './report-handler.ts';

export interface BotAPIParts {
  readonly desk: AgentBackend;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Told to bots with their config; undefined: not told. */
  readonly controlPlaneURL: string | undefined;
  /** Calls that may wait for a config at once; beyond, none waits. */
  readonly maxLongPolls: number;
  /** `host:port` of the process that leads, when it is known and another one than this. */
  readonly leader: () => string | undefined;
}

export interface OpenBotAPI extends BotAPI {
  /** Calls that wait now. */
  readonly longPolls: number;
  /** Ends all waiting: the process stops, or leads no more. */
  close(): void;
}

/** The bot API of the process that leads, over its engine. */
export function openBotAPI(parts: BotAPIParts): OpenBotAPI {
  const { desk, clock, maxLongPolls, leader } = parts;
  const polls = new LongPolls(desk, clock, maxLongPolls);
  const configs = new ConfigHandler({ ...parts, polls });
  const reports = new ReportHandler(parts);
  return {
    register: (call) => reports.register(call),
    config: (call) => configs.serve(call),
    acknowledge: (call) => reports.acknowledge(call),
    heartbeat: (call) => (desk.leads() ? beat(desk, call) : notLeading(leader())),
    health: () => healthOf(desk),
    get longPolls() {
      return polls.size;
    },
    close: () => polls.close(),
  };
}

function beat(desk: AgentBackend, call: HeartbeatCall): Beat | Refused {
  const agent = authenticate(desk, shownBy(call));
  if (!agent) return unauthorised;
  desk.beat(agent.bot.key, agent.shownSHA256, toldBootstrap(call.bootstrap));
  return { kind: 'beat', desiredConfigID: agent.bot.status.desiredConfig?.id };
}

function healthOf(desk: AgentBackend): Health {
  const reasons = desk.leads() ? desk.trouble() : ['this process does not lead'];
  return { ok: reasons.length === 0, reasons };
}
