import type { Miss } from '../input.ts';
import { progressing, type Situation, type Verdict } from '../situation.ts';

/** A deletion that was asked for is complete with two 404s this far apart, or with one and a listing. */
const releaseWindowMs = 10_000;
/** How often to check while a listing is awaited or an incident lasts. */
const lookAgainMs = 5_000;

export type Absence = { readonly proven: true } | { readonly proven: false; readonly verdict: Verdict };

/**
 * Whether a droplet that answers 404 is gone. One answer proves nothing: it takes two 404s a window apart,
 * and a whole listing begun after the first one that lacks the droplet. If its end was ordered, either is
 * enough.
 */
export function absenceOf(situation: Situation, id: number, miss: Miss): Absence {
  const isOrdered = wasOrdered(situation, id);
  const windowMs = isOrdered
    ? Math.min(releaseWindowMs, situation.absenceWindowMs)
    : situation.absenceWindowMs;
  const isRepeated = miss.spanMs >= windowMs;
  const isProven = isOrdered ? isRepeated || miss.unlisted : isRepeated && miss.unlisted;
  if (isProven && !situation.incident) return { proven: true };
  return { proven: false, verdict: unproven(situation, id, miss, windowMs - miss.spanMs) };
}

/** The bot is being deleted, or this process had the droplet destroyed a moment ago. */
function wasOrdered({ bot, effects }: Situation, id: number): boolean {
  return bot.deletion !== undefined || effects.some(({ signature }) => signature === `destroy ${id}`);
}

function unproven({ now, incident }: Situation, id: number, miss: Miss, leftMs: number): Verdict {
  const dueInMs =
    leftMs > 0 ? leftMs - miss.agoMs : incident || !miss.unlisted ? lookAgainMs - miss.agoMs : 0;
  if (dueInMs <= 0) return { look: { kind: 'droplet', dropletID: id } };
  const what = incident
    ? incident.message
    : 'it counts as gone when a second 404 and a whole listing have confirmed that';
  return {
    waiting: progressing(incident?.reason ?? 'ConfirmingAbsence', `Droplet ${id} answers 404; ${what}`),
    requeueAt: now + dueInMs,
  };
}
