import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AnswerClass, BotCallObserver } from '../../../ports/bot-call-observer.ts';
import type { Clock } from '../../../ports/clock.ts';

/** What a route is called, for those who count; of what the caller chose only that it may wait. */
interface Named {
  readonly call?: string;
}

/** Name under which a request keeps when it came, by the monotonic clock. */
const begunField = 'begunAt';

interface Begun {
  [begunField]?: number;
}

/** Tells of the answer to a call. */
export type ReportAnswered = (status: number) => void;

/**
 * Tells of each answer. Routes are named by their `config.call`. Of a call that is taken out of fastify's hands it is
 * told by what this returns: fastify's own hook for answers would keep the request until then.
 */
export function observeCalls(
  app: FastifyInstance,
  observer: BotCallObserver,
  clock: Clock,
): (request: FastifyRequest) => ReportAnswered {
  const tellerOf = (request: FastifyRequest & Begun): ReportAnswered => {
    const call = callOf(request);
    const begunAt = request[begunField] ?? clock.monotonic();
    return (status) => {
      const answer = `${Math.trunc(status / 100)}xx` as AnswerClass;
      observer.botCall(call, answer, (clock.monotonic() - begunAt) / 1_000);
    };
  };
  app.decorateRequest(begunField, 0);
  app.addHook('onRequest', (request: FastifyRequest & Begun, _reply, done) => {
    request[begunField] = clock.monotonic();
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    tellerOf(request)(reply.statusCode);
    done();
  });
  return tellerOf;
}

function callOf({ routeOptions, query }: FastifyRequest): string {
  const { call = 'other' } = routeOptions.config as Named;
  const mayWait = call === 'getConfig' && 'wait' in (query as object);
  return mayWait ? 'waitForConfig' : call;
}
