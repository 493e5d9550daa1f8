import { Counter, Histogram, type Registry } from 'prom-client';
import { type BotCallObserver, botCallNames } from '../../ports/bot-call-observer.ts';

/** From a heartbeat to the longest wait for a config. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What a bot may be answered; no call is answered by 1xx. */
const codes = ['2xx', '3xx', '4xx', '5xx'];

/** Every request of bots, by what was called and the class of the answer. */
export function botCallMetrics(registry: Registry): BotCallObserver {
  const requests = new Counter({
    name: 'clawfleet_bot_api_requests_total',
    help: 'Requests to the bot API, by call and class of the answer’s status.',
    registers: [registry],
    labelNames: ['call', 'code'],
  });
  for (const call of botCallNames) for (const code of codes) requests.inc({ call, code }, 0);
  const seconds = new Histogram({
    name: 'clawfleet_bot_api_request_seconds',
    help: 'From a request’s headers to the end of its answer; waitForConfig may be held for up to a minute.',
    registers: [registry],
    labelNames: ['call'],
    buckets,
  });
  return {
    botCall(call, code, duration) {
      requests.inc({ call, code });
      seconds.observe({ call }, duration);
    },
  };
}
