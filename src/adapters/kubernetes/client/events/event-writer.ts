import { createHash } from 'node:crypto';
import { faultOf } from '../../../../ports/port-error.ts';
import { type KubeAPI, patchType } from '../kube-api.ts';
import { type ResourceType, resourcePath } from '../resource-path.ts';
import { eventBody, eventName, eventNamespace, type Reporter, seriesPatch } from './event-body.ts';
import type { Series } from './event-series.ts';

const eventType: ResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

/** Writes what a series has become: an Event at first, then its count. */
export class EventWriter {
  readonly #client: KubeAPI;
  readonly #reporter: Reporter;
  readonly #mark: string;
  #made = 0;

  constructor(client: KubeAPI, reporter: Reporter) {
    this.#client = client;
    this.#reporter = reporter;
    this.#mark = createHash('sha256').update(reporter.instance).digest('hex').slice(0, 6);
  }

  async write(series: Series, signal: AbortSignal): Promise<void> {
    const { count } = series;
    if (series.written === 0) await this.#create(series, signal);
    if (count > 1) await this.#tellCount(series, count, signal);
    series.written = count;
  }

  async #create(series: Series, signal: AbortSignal): Promise<void> {
    const { draft } = series;
    series.name ??= eventName(draft, this.#unique(series.lastAt));
    const body = eventBody(draft, series.name, series.lastAt, this.#reporter);
    const path = resourcePath(eventType, { namespace: eventNamespace(draft) });
    try {
      await this.#client.request('POST', path, { body, signal });
    } catch (error) {
      // The name is nobody else's: an earlier try whose answer was lost has made it.
      if (!faultOf(error, 'conflict')) throw error;
    }
    series.written = 1;
  }

  async #tellCount(series: Series, count: number, signal: AbortSignal): Promise<void> {
    const { draft, name, lastAt } = series;
    const path = resourcePath(eventType, { namespace: eventNamespace(draft), name });
    const body = seriesPatch(count, lastAt);
    try {
      await this.#client.request('PATCH', path, { body, contentType: patchType.merge, signal });
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
      // Events live for an hour: the series goes on in a new one.
      series.name = undefined;
      await this.#create(series, signal);
    }
  }

  /** Distinct among all events of this process and of other ones. */
  #unique(at: number): string {
    this.#made += 1;
    return `${this.#mark}${Math.round(at).toString(16)}${this.#made.toString(16)}`;
  }
}
