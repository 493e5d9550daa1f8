import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AnswerClass, BotCallObserver } from '../../../ports/bot-call-observer.ts';

/** What a route is called, for those who count; of what the caller chose only that it may wait. */
interface Named {
  readonly call?: string;
}

/** Tells of each answer. Routes are named by their `config.call`. */
export function observeCalls(app: FastifyInstance, observer: BotCallObserver): void {
  app.addHook('onResponse', (request, reply, done) => {
    const answer = `${Math.trunc(reply.statusCode / 100)}xx` as AnswerClass;
    observer.botCall(callOf(request), answer, reply.elapsedTime / 1_000);
    done();
  });
}

function callOf({ routeOptions, query }: FastifyRequest): string {
  const { call = 'other' } = routeOptions.config as Named;
  const mayWait = call === 'getConfig' && 'wait' in (query as object);
  return mayWait ? 'waitForConfig' : call;
}
