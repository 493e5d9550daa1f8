import type { Refused, Waiting } from '../../../bot-api/bot-api.ts';
import {
  type Answer,
  acknowledge,
  type BotRequest,
  getConfig,
  heartbeat,
  register,
  type ServedBotAPI,
} from './bot-calls.ts';
import { waitMsOf, waitPattern } from './request-words.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface BotRoute {
  readonly method: 'GET' | 'POST';
  /** Below `/bot`, and below `/v1/bot`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly body?: Schema;
  readonly query?: Schema;
  readonly answer: Schema;
  /** Statuses of problems beside those that every call can have. */
  readonly problems: readonly number[];
  readonly serve: (api: ServedBotAPI, request: BotRequest) => Promise<Answer | Refused | Waiting>;
}

/** As many steps as fit into a body; how many are kept of them, and of their names, is the API's affair. */
const bootstrap = {
  ...object(
    {
      running: { type: 'boolean', description: 'Whether the bootstrap is still at work.' },
      failed_steps: {
        type: 'array',
        maxItems: 64,
        items: { type: 'string', maxLength: 256 },
        description:
          'Names of the steps that failed and are not mended yet. 32 are kept, with 64 characters of each; what is no letter, digit, space or one of ._+- becomes _.',
      },
    },
    'running',
    'failed_steps',
  ),
  description: 'How the bootstrap of the bot’s droplet stands. Left out: nothing is known of it.',
};

const id = { type: 'string', minLength: 1, maxLength: 200 };

export const botRoutes: readonly BotRoute[] = [
  {
    method: 'POST',
    path: '/register',
    name: 'register',
    summary: 'Trades the registration token for the agent token. The same pair again has the same answer.',
    body: object(
      {
        bot_id: id,
        agent_token: {
          type: 'string',
          maxLength: 256,
          description:
            'Made by the agent: 32 to 256 visible ASCII characters. One is made and told when left out.',
        },
        bootstrap,
      },
      'bot_id',
    ),
    answer: object(
      { status: { const: 'registered' }, bot_id: id, agent_token: { type: 'string' } },
      'status',
      'bot_id',
    ),
    problems: [400],
    serve: register,
  },
  {
    method: 'GET',
    path: '/:id/config',
    name: 'getConfig',
    summary: 'The desired config, secrets in clear. With If-None-Match and `wait` it waits for another one.',
    query: object({
      wait: { type: 'string', pattern: waitPattern, description: 'Such as 30s; at most a minute is waited.' },
    }),
    answer: object(
      {
        id,
        version: { type: 'integer', minimum: 1 },
        control_plane_urls: { type: 'array', items: { type: 'string' } },
        format: { type: 'integer' },
        name: { type: 'string' },
        persona: { type: 'string' },
        trading: { type: 'object' },
        risk: { type: 'object' },
        secrets: { type: 'object' },
      },
      'id',
      'version',
    ),
    problems: [304, 400, 404],
    serve: getConfig,
  },
  {
    method: 'POST',
    path: '/:id/config_ack',
    name: 'acknowledgeConfig',
    summary: 'Says that the bot runs by this config.',
    body: object({ config_id: id }, 'config_id'),
    answer: object({ status: { const: 'acknowledged' }, config_id: id }, 'status', 'config_id'),
    problems: [400, 404, 409],
    serve: acknowledge,
  },
  {
    method: 'POST',
    path: '/:id/heartbeat',
    name: 'heartbeat',
    summary: 'Says that the bot is alive; tells the id of the config to run by, if there is one.',
    body: { ...object({ bootstrap }), type: ['object', 'null'] },
    answer: object(
      { status: { const: 'ok' }, desired_config_id: { type: ['string', 'null'] } },
      'status',
      'desired_config_id',
    ),
    problems: [400],
    serve: heartbeat,
  },
];

/** Of a request whose query has the form that its route demands. */
export function waitOf(query: Readonly<Record<string, string | undefined>>, longestMs: number): number {
  return Math.min(waitMsOf(query['wait']), longestMs);
}

/** Further members are let through: a later agent may say more. */
function object(properties: Schema, ...required: readonly string[]): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}
