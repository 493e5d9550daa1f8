import assert from 'node:assert/strict';
import type { SimulatorAnswer, SimulatorResponse } from '../../../src/adapters/simulator/exchange.ts';
import type { SimulatorOptions } from '../../../src/adapters/simulator/options.ts';
import { instantSettings, type Settings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import type { Clock } from '../../../src/ports/clock.ts';

export const start = Date.parse('2026-03-01T12:00:00Z');

/** A clock that stands still until it is moved. */
export function handClock(): Clock & { move(ms: number): void } {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    schedule: () => assert.fail('the simulator sets no timers of its own'),
    move(ms) {
      elapsed += ms;
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers as it likes
  readonly body: any;
}

/** The body of an answer that came over HTTP. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads answers as it likes
export function json(response: Response): Promise<any> {
  return response.json();
}

export type Rig = ReturnType<typeof rig>;

/** A simulator without sockets: instant and unlimited but for `settings`, under a clock moved by hand. */
export function rig(settings: Partial<Settings> = {}, options: Partial<SimulatorOptions> = {}) {
  const clock = handClock();
  const simulator = new Simulator({
    clock,
    chance: seededChance(1),
    ...options,
    settings: { ...instantSettings, ...settings },
  });
  const raw = (method: string, path: string, body?: unknown, token = 'token'): SimulatorAnswer =>
    simulator.handle({
      method,
      path,
      headers: { authorization: `Bearer ${token}`, host: 'cloud.example' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const call = (method: string, path: string, body?: unknown, token?: string): Answered => {
    const answer = raw(method, path, body, token);
    assert.ok(answer.kind === 'response', `expected a response, got ${answer.kind}`);
    return read(answer);
  };
  const get = (path: string, token?: string) => call('GET', path, undefined, token);
  /** Creates a droplet and gives its id. */
  const make = (name: string, fields: object = {}): number => {
    const { status, body } = call('POST', '/v2/droplets', { ...DROPLET, name, ...fields });
    assert.equal(status, 202, JSON.stringify(body));
    return body.droplet.id;
  };
  const act = (id: number, type: string, fields: object = {}) =>
    call('POST', `/v2/droplets/${id}/actions`, { type, ...fields });
  return { clock, simulator, raw, call, get, make, act };
}

export const DROPLET = { region: 'fra1', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' };

function read({ status, headers, body }: SimulatorResponse): Answered {
  return { status, headers, body: body === '' ? undefined : JSON.parse(body) };
}

/** Asserts a refusal in DigitalOcean's shape. */
export function refused(answered: Answered, status: number, message: string | RegExp): void {
  assert.equal(answered.status, status, JSON.stringify(answered.body));
  assert.equal(typeof answered.body.id, 'string');
  if (typeof message === 'string') assert.equal(answered.body.message, message);
  else assert.match(answered.body.message, message);
}
