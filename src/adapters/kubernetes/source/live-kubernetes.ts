import { apiVersion } from '../../../model/manifest/kinds.ts';
import type { AccountRecord } from '../../../model/records.ts';
import { type ResourceKey, resourceKey } from '../../../model/resource-key.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import { faultOf } from '../../../ports/port-error.ts';
import type { BotEvent, SourceHealth, SourceListener } from '../../../ports/source.ts';
import { EventRecorder } from '../client/events/event-recorder.ts';
import type { EventDraft } from '../client/events/event-recorder-options.ts';
import { AccountCache } from './cache/account-cache.ts';
import { BotCache } from './cache/bot-cache.ts';
import { type ClusterFeeds, clusterFeeds, FeedHealth } from './cache/cluster-feeds.ts';
import { FirstStatuses } from './cache/first-status.ts';
import { DefinitionCheck, requireDefinitions } from './definition-check.ts';
import { clusterIdentity } from './fleet/fleet-config-map.ts';
import { KubernetesFleetStore } from './fleet/kubernetes-fleet-store.ts';
import type { KubernetesOptions } from './kubernetes-options.ts';
import { formerFleetID } from './list-all.ts';
import type { ConfigMapObject } from './objects.ts';
import { SecretCache, watchSecrets } from './secrets/secret-cache.ts';
import { type SecretKey, SecretUses } from './secrets/secret-uses.ts';
import { BotWriter } from './write/bot-writer.ts';
import { writeAccountStatus } from './write/write-status.ts';

const controller = 'clawfleet.dev/controller';

/** A Kubernetes source from its start to its end. */
export class LiveKubernetes {
  readonly fleet: KubernetesFleetStore;
  readonly bots: BotCache;
  readonly accounts: AccountCache;
  readonly writer: BotWriter;
  readonly secrets: SecretCache;
  readonly #options: KubernetesOptions;
  readonly #listener: SourceListener;
  readonly #health: FeedHealth;
  readonly #check: DefinitionCheck;
  readonly #uses: SecretUses;
  readonly #recorder: EventRecorder;
  readonly #feeds: ClusterFeeds;
  /** The first listing is told; changes are told as they come. */
  #live = false;
  #ended = false;

  /** Learns which cluster this is and which fleet; nothing is watched yet. */
  static async open(options: KubernetesOptions, listener: SourceListener): Promise<LiveKubernetes> {
    const boundNow = await clusterIdentity(options.client);
    await requireDefinitions(options.client, options.namespaces);
    const formerID = () => formerFleetID(options.client, options.namespaces);
    const fleet = await KubernetesFleetStore.open({ ...options, boundNow, formerID });
    return new LiveKubernetes(options, listener, fleet);
  }

  private constructor(options: KubernetesOptions, listener: SourceListener, fleet: KubernetesFleetStore) {
    const { client, clock, log, instance } = options;
    this.#options = options;
    this.#listener = listener;
    this.fleet = fleet;
    this.#health = new FeedHealth(() => this.#tell(() => listener.fleetChanged()));
    this.#check = new DefinitionCheck(client, clock, log);
    this.#recorder = new EventRecorder({ client, clock, log, controller, instance });
    this.#uses = new SecretUses((secret) => this.secrets.forget(secret));
    this.secrets = new SecretCache({
      client,
      watch: (namespace, name, onSecret) =>
        watchSecrets(options, namespace, name, (each) => this.#uses.isUsed(`${namespace}/${each}`), onSecret),
      isUsed: (secret) => this.#uses.isUsed(secret),
      changed: (secret) => this.#secretChanged(secret),
    });
    const firstStatuses = new FirstStatuses({ fleet: () => fleet.record().state, clock, log });
    this.bots = new BotCache({
      judge: (metadata) => this.#check.reasonFor(metadata),
      firstStatus: (object) => firstStatuses.of(object),
      tell: (key) => this.#botChanged(key),
    });
    this.accounts = new AccountCache({
      isNeeded: (key) => this.#hasHeldBots(key),
      tell: (key) => this.#accountChanged(key),
    });
    this.#feeds = clusterFeeds(options, {
      bots: this.bots,
      accounts: this.accounts,
      fleet: (object) => this.#takeFleet(object),
      onHealth: (path, failure) => this.#health.tell(path, failure),
    });
    this.writer = new BotWriter({ client, book: this.bots, feed: this.#feeds.bots, firstStatuses });
  }

  /** Resolves when everything there is has been read and told. */
  async start(): Promise<void> {
    const { bots, accounts, fleet } = this.#feeds;
    await Promise.all([bots.start(), accounts.start(), fleet.start()]);
    await this.bots.judged();
    if (this.#ended) return;
    for (const key of this.accounts.records.keys()) this.#listener.accountChanged(key);
    for (const key of this.bots.records.keys()) this.#listener.botChanged(key, false);
    this.#live = true;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#check.stop();
    this.secrets.stop();
    const { bots, accounts, fleet } = this.#feeds;
    await Promise.all([bots.stop(), accounts.stop(), fleet.stop()]);
    await this.#recorder.stop();
  }

  health(): SourceHealth {
    const { failure } = this.#health;
    const { problem } = this.fleet;
    const problems =
      problem === undefined ? [] : [{ where: problem, field: '', rule: 'the last good one stays in force' }];
    const everywhere = this.#options.namespaces === undefined;
    return {
      // Bots of namespaces that are not watched have droplets too: nothing may be concluded from their absence.
      whole: everywhere && this.#live && failure === undefined && problems.length === 0,
      problems,
      ...(failure !== undefined && { failure }),
    };
  }

  /** A token whose Account and Secret are deleted serves on for the Bots that they left behind. */
  async secret(namespace: string, ref: SecretKeyRef): Promise<string> {
    try {
      return await this.secrets.value(namespace, ref);
    } catch (error) {
      const lingers = this.accounts
        .lingering()
        .some(
          (account) => account.namespace === namespace && account.spec?.tokenSecretRef?.name === ref.name,
        );
      if (!lingers || !faultOf(error, 'absent')) throw error;
      return this.secrets.formerValue(namespace, ref);
    }
  }

  async writeAccountStatus(record: AccountRecord, status: AccountStatus): Promise<AccountRecord> {
    if (this.accounts.lingers(record.key)) return record;
    const write = () => writeAccountStatus(this.#options.client, record, status);
    const stored = await this.accounts.whileWriting(record.key, status, write);
    return this.accounts.written(this.#feeds.accounts.overlay(stored));
  }

  recordEvent(event: BotEvent): void {
    if (!this.#ended) this.#recorder.record(eventDraft(event));
  }

  #takeFleet(object: ConfigMapObject | undefined): void {
    if (!this.#ended && this.fleet.seen(object)) this.#tell(() => this.#listener.fleetChanged());
  }

  #botChanged(key: ResourceKey): void {
    this.#uses.bot(key, this.bots.records.get(key));
    this.#tell(() => this.#listener.botChanged(key, true));
    this.accounts.botChanged();
  }

  #hasHeldBots(account: ResourceKey): boolean {
    for (const { hasFinalizer, namespace, spec } of this.bots.records.values())
      if (hasFinalizer && spec && resourceKey(namespace, spec.accountRef.name) === account) return true;
    return false;
  }

  #accountChanged(key: ResourceKey): void {
    this.#uses.account(key, this.accounts.records.get(key));
    this.#tell(() => this.#listener.accountChanged(key));
  }

  #secretChanged(secret: SecretKey): void {
    const { bots, accounts } = this.#uses.usersOf(secret);
    this.#tell(() => {
      for (const key of accounts) this.#listener.accountChanged(key);
      for (const key of bots) this.#listener.botChanged(key, true);
    });
  }

  #tell(say: () => void): void {
    if (this.#live && !this.#ended) say();
  }
}

/** An event of events.k8s.io/v1 about the Bot or Account, its uid included, so that `kubectl describe` shows it. */
function eventDraft({ kind, key, uid, type, reason, message }: BotEvent): EventDraft {
  const [namespace = '', name = ''] = key.split('/');
  const regarding = { apiVersion, kind: kind ?? 'Bot', namespace, name, uid };
  return { regarding, type, reason, action: 'Reconcile', note: message };
}
