import type { SimulatorAnswer, SimulatorResponse } from '../exchange.ts';
import type { FaultRule } from './fault-rule.ts';

const withoutEffect: ReadonlySet<FaultRule['effect']> = new Set(['cutBefore', 'hangBefore', 'late']);

/** Whether a request that the rule strikes is carried out at once. */
export function takesEffect(rule: FaultRule): boolean {
  if (rule.effect === 'status') return rule.applied === true;
  return !withoutEffect.has(rule.effect);
}

/**
 * The answer to a struck request. `refused` is the error that the rule names; `response` is the
 * true answer if the request took effect.
 */
export function faultyAnswer(
  rule: FaultRule,
  refused: SimulatorResponse,
  response: SimulatorResponse = refused,
  latencyMs = 0,
): SimulatorAnswer {
  const delayMs = latencyMs + (rule.delayMs ?? 0);
  switch (rule.effect) {
    case 'cutBefore':
      return { kind: 'cutBeforeEffect', delayMs };
    case 'cutAfter':
      return { kind: 'cutAfterEffect', delayMs };
    case 'cutDuring':
      return { kind: 'cutDuringBody', delayMs, ...response };
    case 'hangBefore':
      return { kind: 'hang', effect: false, delayMs };
    case 'hangAfter':
    case 'late':
      return { kind: 'hang', effect: true, delayMs };
    case 'status':
      return { kind: 'response', delayMs, ...errorResponse(rule, refused) };
    case 'brokenJSON':
      return { kind: 'response', delayMs, ...response, body: half(response.body) };
    case 'delay':
    case 'hide':
    case 'garble':
      return { kind: 'response', delayMs, ...response };
  }
}

/** The first half of a body, which is no longer JSON. */
export function half(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

/** An HTML page comes from the edge, which knows nothing of rate limits. */
function errorResponse(rule: FaultRule, refused: SimulatorResponse): SimulatorResponse {
  const retry = rule.retryAfterSeconds === undefined ? {} : { 'retry-after': String(rule.retryAfterSeconds) };
  const { date = '' } = refused.headers;
  if (rule.html !== true) return { ...refused, headers: { ...refused.headers, ...retry } };
  const title = `${refused.status} ${refused.status === 504 ? 'Gateway Time-out' : 'Error'}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status: refused.status, headers: { 'content-type': 'text/html', date, ...retry }, body };
}
