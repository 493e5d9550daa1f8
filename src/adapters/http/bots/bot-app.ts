import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Refused, Waiting } from '../../../bot-api/bot-api.ts';
import { isWaiting } from '../../../bot-api/waited.ts';
import type { BotCallObserver } from '../../../ports/bot-call-observer.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { type AdmissionDeps, admission, callerAt, callerField, endingRetryMs } from './admission.ts';
import type { Answer, BotRequest, BotRequestBody, ServedBotAPI } from './bot-calls.ts';
import { type BotRoute, botRoutes, waitOf } from './bot-routes.ts';
import { answerBrokenRequest, requestProblem } from './broken-request.ts';
import type { Caller } from './call-limits.ts';
import { HeldCall, type HeldCallDeps } from './held-call.ts';
import { observeCalls, type ReportAnswered } from './observe-calls.ts';
import { openAPI } from './openapi.ts';
import { failed, noStore, noSuchPage, refusalProblem, sendProblem, unavailable } from './problem.ts';
import { bearerOf, singleTagOf } from './request-words.ts';
import type { ServerLimits } from './server-limits.ts';
import { Unanswered } from './unanswered.ts';
import type { Waits } from './waits.ts';

export interface BotAppDeps extends AdmissionDeps {
  readonly api: ServedBotAPI;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ServerLimits;
  readonly waits: Waits;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly version: string;
  readonly observer?: BotCallObserver;
}

/** What the routes share. */
interface Serving extends BotAppDeps {
  readonly tellerOf: (request: FastifyRequest) => ReportAnswered;
  readonly holding: HeldCallDeps;
}

/** The bot API's routes on fastify, which checks each request against its route's schema; it does not listen yet. */
export async function botApp(deps: BotAppDeps, server: object): Promise<FastifyInstance> {
  const { limits, trustedProxies } = deps;
  const app = fastify({
    ...server,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: limits.bodyBytes,
    exposeHeadRoutes: false,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    routerOptions: { maxParamLength: limits.headerBytes },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendProblem(reply, requestProblem(error), request),
  });
  app.decorateRequest(callerField, null);
  takeJSONAlone(app);
  boundUnanswered(app, deps);
  const tellerOf = deps.observer ? observeCalls(app, deps.observer, deps.clock) : () => () => undefined;
  app.setErrorHandler((error, request, reply) => failure(deps, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    deps.callLimits.counted(callerAt(request));
    return sendProblem(reply, noSuchPage, request);
  });
  app.addHook('onRequest', (request, reply, done) => {
    const problem = admission(deps, request);
    if (problem) void sendProblem(reply, problem, request);
    else done();
  });
  const holding: HeldCallDeps = {
    log: deps.log,
    headers: () => settled(deps),
    account: (caller, answer) => account(deps, caller, answer),
  };
  for (const prefix of ['', '/v1']) addRoutes(app, { ...deps, tellerOf, holding }, prefix);
  await app.ready();
  return app;
}

function boundUnanswered(app: FastifyInstance, { clock, log, limits }: BotAppDeps): void {
  const unanswered = new Unanswered({ clock, log, most: limits.unanswered });
  app.addHook('onRequest', (request, reply, done) => {
    if (unanswered.take(request.raw, reply.raw)) done();
    else reply.hijack();
  });
}

/** An empty body is none: a heartbeat needs no more. */
function takeJSONAlone(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined);
    else void parse(request, String(text), done);
  });
}

function addRoutes(app: FastifyInstance, deps: Serving, prefix: string): void {
  for (const route of botRoutes) addBotRoute(app, deps, `${prefix}/bot`, route);
  app.get(`${prefix}/health`, { config: { call: 'health' } }, (request, reply) =>
    sendHealth(deps, request, reply),
  );
  const description = openAPI(deps.version);
  app.get(`${prefix}/openapi.json`, { config: { call: 'openAPI' } }, (request, reply) => {
    deps.callLimits.counted(callerAt(request));
    return reply.headers(settled(deps)).send(description);
  });
}

function addBotRoute(app: FastifyInstance, deps: Serving, prefix: string, route: BotRoute): void {
  const { method, path, name, body, query: querystring } = route;
  app.route({
    method,
    url: `${prefix}${path}`,
    schema: { ...(body && { body }), ...(querystring && { querystring }) },
    config: { isForBots: true, call: name },
    handler: (request, reply) => serve(deps, route, request, reply),
  });
}

async function serve(
  deps: Serving,
  route: BotRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = callerAt(request);
  const asked = waitOf(request.query as Words, deps.limits.waitMs);
  const waitMs = asked > 0 && deps.waits.hasRoom(caller) ? asked : 0;
  const answer = await route.serve(deps.api, { ...wordsOf(request), waitMs });
  if (!isWaiting(answer)) return send(deps, caller, answer, request, reply);
  const sent = deps.tellerOf(request);
  reply.hijack();
  forgetWords(request.raw);
  hold(deps, caller, answer, sent, reply.raw);
  return reply;
}

/** A response keeps its request: no token need lie in memory for as long as a call waits. */
function forgetWords(request: FastifyRequest['raw']): void {
  request.url = '';
  request.rawHeaders = [];
  request.headers = {};
}

/** A function of its own: what it leaves behind must not hold on to the request. */
function hold(
  deps: Serving,
  caller: Caller,
  waiting: Waiting,
  sent: ReportAnswered,
  response: FastifyReply['raw'],
): void {
  const held = new HeldCall(deps.holding, caller, response, sent);
  deps.waits.hold(caller, waiting, held);
}

type Words = Readonly<Record<string, string | undefined>>;

function wordsOf(request: FastifyRequest): Omit<BotRequest, 'waitMs'> {
  const { headers, params, body } = request;
  return {
    pathID: (params as Words)['id'] ?? '',
    bearer: bearerOf(headers.authorization) ?? '',
    body: (body ?? {}) as BotRequestBody,
    ifNoneMatch: singleTagOf(headers['if-none-match']),
  };
}

function send(
  deps: BotAppDeps,
  caller: Caller,
  answer: Answer | Refused,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  account(deps, caller, answer);
  reply.headers(settled(deps));
  if ('reason' in answer) return sendProblem(reply, refusalProblem(answer), request);
  if (answer.etag !== undefined) reply.header('etag', `"${answer.etag}"`);
  return reply.code(answer.status).send(answer.body);
}

/** Good credentials count for the bot, bad ones against the address. */
function account({ callLimits }: BotAppDeps, caller: Caller, answer: Answer | Refused): void {
  const reason = 'reason' in answer ? answer.reason : undefined;
  if (reason === 'unauthorised') callLimits.unauthorised(caller);
  else if (reason !== 'notLeading') callLimits.accepted(caller);
}

function sendHealth(deps: BotAppDeps, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { ok, reasons } = deps.api.health();
  reply.headers(settled(deps));
  if (ok) return reply.send({ status: 'ok' });
  const problem = unavailable(endingRetryMs, 'Calls cannot be answered now.');
  return sendProblem(reply, { ...problem, members: { reasons } }, request);
}

function failure(
  { callLimits, log }: BotAppDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const problem = requestProblem(error);
  if (problem !== failed) callLimits.counted(callerAt(request));
  else if (!request.raw.destroyed || request.raw.complete)
    log.error({ route: request.routeOptions.url, err: error }, 'a bot’s call failed');
  return sendProblem(reply, problem, request);
}

function settled({ isEnding }: BotAppDeps): Record<string, string> {
  return isEnding() ? { ...noStore, connection: 'close' } : noStore;
}
