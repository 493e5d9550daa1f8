import { group, version } from '../../../model/manifest/kinds.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import type { KubeObject } from '../client/kube-object.ts';
import type { ResourceType } from '../client/resource-path.ts';

/** A Bot as the API server gives it. Its spec is checked by us too: the CRD in force may be an older one. */
export interface BotObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: BotStatus;
}

export interface AccountObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: AccountStatus;
}

export interface SecretObject extends KubeObject {
  /** Base64 by key. */
  readonly data?: Readonly<Record<string, string>>;
}

export interface ConfigMapObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64 by key. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

export const botType: ResourceType = { group, version, plural: 'bots' };
export const accountType: ResourceType = { group, version, plural: 'accounts' };
export const secretType: ResourceType = { group: '', version: 'v1', plural: 'secrets' };
export const configMapType: ResourceType = { group: '', version: 'v1', plural: 'configmaps' };
export const namespaceType: ResourceType = { group: '', version: 'v1', plural: 'namespaces' };
export const definitionType: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
};
