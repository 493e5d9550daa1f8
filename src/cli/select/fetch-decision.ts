import { UserError } from '../../config/user-error.ts';
import type { LastDecision } from '../../decide/decision.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

export const defaultController = 'http://127.0.0.1:9464';

export interface WhyPlace {
  /** Where the controller serves its pages, `http://HOST:PORT`. */
  readonly controller: string;
  /** How to reach a controller that is not on this machine, for people. */
  readonly hint: string;
}

const patienceMs = 10_000;

/** The last decision about the bot, as the controller keeps it. Throws a UserError that says what to do. */
export async function lastDecision(key: ResourceKey, place: WhyPlace): Promise<LastDecision> {
  const url = `${place.controller.replace(/\/+$/, '')}/debug/decisions/${key}`;
  const answer = await fetched(url, place);
  const text = await answer.text();
  if (answer.ok) return parsed(text, place);
  const [line = ''] = text.trim().split('\n');
  if (answer.status === 404 && /^There is no bot /.test(line))
    throw new UserError(line, 'The controller there may have another --source: see --controller.');
  throw new UserError(`${url} answers ${answer.status}: ${line}`, place.hint);
}

async function fetched(url: string, { controller, hint }: WhyPlace): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new UserError(`No controller can be asked at ${controller}: ${why}.`, hint);
  }
}

function parsed(text: string, { controller, hint }: WhyPlace): LastDecision {
  try {
    const found = JSON.parse(text) as LastDecision;
    if (typeof found.kept === 'boolean') return found;
  } catch {
    // No JSON at all is no answer of ours either.
  }
  throw new UserError(`What answers at ${controller} is no controller of this release.`, hint);
}
