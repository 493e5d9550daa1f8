import { type BotRoute, botRoutes } from './bot-routes.ts';
import { problemMediaType } from './problem.ts';

const meanings: Readonly<Record<number, string>> = {
  304: 'No other config than the one named by If-None-Match',
  400: 'Malformed, or impossible now',
  401: 'Unknown bot, or missing, wrong, used or expired token',
  404: 'There is no such config',
  409: 'Another config is desired by now',
  429: 'Too many calls; see Retry-After',
  503: 'Not now; see Retry-After. Repeating is safe',
};

/** The description of the bot API, OpenAPI 3.1, made of the very schemas that requests are checked by. */
export function openAPI(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'clawfleet bot API',
      version,
      description: 'What an OpenClaw bot asks of its control plane.',
    },
    servers: [{ url: '/v1' }, { url: '/', description: 'The same, as it was before there were versions' }],
    security: [{ bearer: [] }],
    paths: { ...paths(), '/health': { get: health() } },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema },
    },
  };
}

function paths(): Record<string, object> {
  return Object.fromEntries(
    botRoutes.map((route) => [
      `/bot${route.path.replace(':id', '{id}')}`,
      { [route.method.toLowerCase()]: operation(route) },
    ]),
  );
}

function operation({ name, summary, path, body, query, answer, problems }: BotRoute): object {
  return {
    operationId: name,
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body && { requestBody: { required: 'required' in body, content: json(body) } }),
    responses: {
      200: { description: 'Done', content: json(answer) },
      ...refusals([...problems, 401, 429, 503]),
    },
  };
}

function pathParameters(path: string): object[] {
  if (!path.includes(':id')) return [];
  return [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
}

function queryParameters(query: BotRoute['query']): object[] {
  const properties = (query?.['properties'] ?? {}) as Record<string, object>;
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function health(): object {
  return {
    operationId: 'health',
    summary: 'Whether calls can be answered now.',
    security: [],
    responses: {
      200: { description: 'They can', content: json({ type: 'object' }) },
      ...refusals([503]),
    },
  };
}

function refusals(statuses: readonly number[]): Record<string, object> {
  return Object.fromEntries(statuses.map((status) => [status, refusal(status)]));
}

function refusal(status: number): object {
  const description = meanings[status] ?? '';
  if (status < 400) return { description };
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { [problemMediaType]: { schema } } };
}

function json(schema: object): object {
  return { 'application/json': { schema } };
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    desired_config_id: { type: 'string', description: 'With 409' },
    reasons: { type: 'array', items: { type: 'string' }, description: 'With 503 of /health' },
  },
};
