import type {
  Beat,
  BotAPI,
  ConfigAnswer,
  ConfigBody,
  HeartbeatCall,
  Refused,
  Waiting,
} from '../../../bot-api/bot-api.ts';
import { isWaiting } from '../../../bot-api/waited.ts';
import type { BootstrapReport } from '../../../model/agent-report.ts';

/** The bot API as it is served: here, or by a process that leads and is reached over the network. */
export interface ServedBotAPI extends Omit<BotAPI, 'heartbeat'> {
  heartbeat(call: HeartbeatCall): Beat | Refused | Promise<Beat | Refused>;
}

/** A request that has the form its route demands. */
export interface BotRequest {
  /** From the path; empty where the path names no bot. */
  readonly pathID: string;
  readonly bearer: string;
  readonly body: BotRequestBody;
  readonly ifNoneMatch: string | undefined;
  readonly waitMs: number;
}

/** What is read of the bodies, each route of its own part. */
export interface BotRequestBody {
  readonly bot_id?: string;
  readonly agent_token?: string;
  readonly config_id?: string;
  readonly bootstrap?: { readonly running: boolean; readonly failed_steps: readonly string[] };
}

export interface Answer {
  readonly status: 200 | 304;
  readonly etag?: string;
  readonly body?: object;
}

export async function register(api: ServedBotAPI, { bearer, body }: BotRequest): Promise<Answer | Refused> {
  const { bot_id: botID = '', agent_token: agentToken } = body;
  const answer = await api.register({ botID, bearer, agentToken, bootstrap: bootstrapOf(body) });
  if (answer.kind === 'refused') return answer;
  const told = answer.agentToken === undefined ? {} : { agent_token: answer.agentToken };
  return { status: 200, body: { status: 'registered', bot_id: answer.botID, ...told } };
}

export async function getConfig(api: ServedBotAPI, request: BotRequest): Promise<Answer | Refused | Waiting> {
  const { pathID: botID, bearer, ifNoneMatch, waitMs } = request;
  const answer = await api.config({ botID, bearer, ifNoneMatch, waitMs });
  return isWaiting(answer) ? answer : answerOf(answer);
}

/** How what came of a call for a config is told. */
export function answerOf(answer: ConfigAnswer): Answer | Refused {
  if (answer.kind === 'refused') return answer;
  if (answer.kind === 'notModified') return { status: 304, etag: answer.etag };
  return { status: 200, etag: answer.etag, body: configBody(answer.body) };
}

function configBody({ controlPlaneURL, id, version, ...content }: ConfigBody): object {
  const urls = controlPlaneURL === undefined ? {} : { control_plane_urls: [controlPlaneURL] };
  return { id, version, ...urls, ...content };
}

export async function acknowledge(
  api: ServedBotAPI,
  { pathID: botID, bearer, body }: BotRequest,
): Promise<Answer | Refused> {
  const answer = await api.acknowledge({ botID, bearer, configID: body.config_id ?? '' });
  if (answer.kind === 'refused') return answer;
  return { status: 200, body: { status: 'acknowledged', config_id: answer.configID } };
}

export async function heartbeat(
  api: ServedBotAPI,
  { pathID: botID, bearer, body }: BotRequest,
): Promise<Answer | Refused> {
  const answer = await api.heartbeat({ botID, bearer, bootstrap: bootstrapOf(body) });
  if (answer.kind === 'refused') return answer;
  return { status: 200, body: { status: 'ok', desired_config_id: answer.desiredConfigID ?? null } };
}

function bootstrapOf({ bootstrap }: BotRequestBody): BootstrapReport | undefined {
  return bootstrap && { running: bootstrap.running, failedSteps: bootstrap.failed_steps };
}
