import { type HealthPages, type HealthServer, serveHealth } from '../adapters/http/serve-health.ts';
import { prometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { pinoLog } from '../adapters/system/pino-log.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import { UserError } from '../config/user-error.ts';

/** Serves the health pages at `address`; nothing when there is none. */
export async function openHealth(
  address: ListenAddress | undefined,
  pages: HealthPages,
): Promise<HealthServer | undefined> {
  if (!address) return undefined;
  try {
    return await serveHealth(address.host, address.port, pages);
  } catch (error) {
    throw new UserError(
      error instanceof Error ? error.message : String(error),
      'Give another --listen HOST:PORT, or --listen off.',
    );
  }
}

export type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
export { keepHeapTight, tidyMemoryAtRest } from '../adapters/system/tidy-memory.ts';
export { pinoLog, prometheusMetrics };
