import { Admin } from './admin/admin.ts';
import { journalBody } from './admin/journal.ts';
import { RateLimits } from './api/rate-limits.ts';
import { type Incoming, SimulatedAPI } from './api/simulated-api.ts';
import type { SimulatorAnswer, SimulatorRequest } from './exchange.ts';
import type { SimulatorOptions } from './options.ts';
import { SimulatedCloud } from './simulated-cloud.ts';

const adminPrefix = '/_simulator/';

/** A simulated DigitalOcean that answers requests to its API and to `/_simulator/`. */
export class Simulator extends SimulatedCloud {
  readonly #api: SimulatedAPI;
  readonly #admin: Admin;

  constructor(options: SimulatorOptions) {
    super(options);
    const { teams, tokens, faults } = this;
    this.#api = new SimulatedAPI({ teams, tokens, limits: new RateLimits(teams.main.settings), faults });
    this.#admin = new Admin(this);
  }

  /** Answers one request. Its changes are in the state file when this returns. */
  handle(request: SimulatorRequest): SimulatorAnswer {
    const [path = '', query = ''] = request.path.split('?', 2);
    const { method, headers, body = '' } = request;
    this.teams.catchUp();
    if (path.startsWith(adminPrefix)) return this.#admin.handle(method, path, query, body);
    const from = this.clock.monotonic();
    const incoming: Incoming = { method, path, query, headers, body, dropletIDs: [] };
    const { answer, route } = this.#api.handle(incoming);
    this.save();
    this.#note(incoming, route, answer, this.clock.monotonic() - from);
    return answer;
  }

  #note(incoming: Incoming, route: string, answer: SimulatorAnswer, durationMs: number): void {
    const { method, path, query, body, dropletIDs } = incoming;
    const status = 'status' in answer ? { status: answer.status } : {};
    const kept = method === 'GET' || body === '' ? {} : { body: journalBody(body) };
    const about = { at: this.now(), method, path, query, route, outcome: answer.kind };
    this.journal.add({ ...about, ...status, dropletIDs, durationMs, ...kept });
  }
}
