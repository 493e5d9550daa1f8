import type { FleetState } from '../../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { BotEvent, FleetRecord, Source, SourceHealth, SourceListener } from '../../../ports/source.ts';
import type { KubernetesOptions } from './kubernetes-options.ts';
import { LiveKubernetes } from './live-kubernetes.ts';

/** Bots declared as custom resources; their state is kept in their status, the fleet's in a ConfigMap. */
export function kubernetesSource(options: KubernetesOptions): Source {
  let live: LiveKubernetes | undefined;
  const started = (): LiveKubernetes => {
    if (live) return live;
    throw new PortError({ kind: 'unavailable' }, 'the Kubernetes source is not started');
  };
  return {
    kind: 'kubernetes',
    async start(listener: SourceListener) {
      live = await LiveKubernetes.open(options, listener);
      listener.fleetChanged();
      await live.start();
    },
    stop: async () => live?.stop(),
    health: (): SourceHealth => started().health(),
    fleet: (): FleetRecord => started().fleet.record(),
    saveFleet: (state: FleetState, version: string) => started().fleet.save(state, version),
    bots: (): Iterable<BotRecord> => started().bots.records.values(),
    bot: (key: ResourceKey) => started().bots.records.get(key),
    accounts: (): Iterable<AccountRecord> => started().accounts.records.values(),
    account: (key: ResourceKey) => started().accounts.records.get(key),
    addFinalizer: (record: BotRecord) => started().writer.hold(record),
    addFinalizerWith: (record: BotRecord, status: BotStatus) => started().writer.holdWith(record, status),
    writeStatus: (record: BotRecord, status: BotStatus) => started().writer.writeStatus(record, status),
    writeAccountStatus: (record: AccountRecord, status: AccountStatus) =>
      started().writeAccountStatus(record, status),
    removeFinalizer: (record: BotRecord) => started().writer.release(record),
    secret: (namespace: string, ref: SecretKeyRef) => started().secret(namespace, ref),
    recordEvent: (event: BotEvent) => live?.recordEvent(event),
  };
}
