import type { SharedValues } from '../../../../model/sharing/shared-values.ts';
import type { KubeObject, ObjectMeta } from '../../client/kube-object.ts';
import type { AccountObject, BotObject } from '../objects.ts';
import { finalizer } from './finalizer.ts';
import { firstStatusAnnotation } from './first-status.ts';
import { hasOwnStatus } from './own-status.ts';

/** What is kept of a Bot: what records are made of, equal parts shared. */
export function keptBot(object: BotObject, shared: SharedValues): BotObject {
  const { apiVersion, kind, metadata, spec, status } = object;
  const kept = keptBase({ apiVersion, kind, metadata }, shared);
  const first = hasOwnStatus(object) ? undefined : metadata.annotations?.[firstStatusAnnotation];
  return {
    ...kept,
    ...(first !== undefined && {
      metadata: { ...kept.metadata, annotations: { [firstStatusAnnotation]: first } },
    }),
    spec: typeof spec === 'object' && spec !== null ? shared.spec(spec) : spec,
    ...(status && { status: shared.status(status, metadata.uid) }),
  };
}

export function keptAccount(object: AccountObject, shared: SharedValues): AccountObject {
  const { apiVersion, kind, metadata, spec, status } = object;
  return { ...keptBase({ apiVersion, kind, metadata }, shared), spec, ...(status && { status }) };
}

/** Labels and other people's annotations say nothing to us, and what was last applied is there a second time. */
function keptBase({ apiVersion, kind, metadata }: KubeObject, shared: SharedValues): KubeObject {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } =
    metadata;
  const { finalizers } = metadata;
  const kept: ObjectMeta = {
    name,
    uid,
    resourceVersion,
    creationTimestamp: shared.time(creationTimestamp),
    ...(namespace !== undefined && { namespace: shared.text(namespace) }),
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(finalizers && { finalizers: keptFinalizers(finalizers) }),
  };
  return { apiVersion: shared.text(apiVersion), kind: shared.text(kind), metadata: kept };
}

const oursAlone: readonly string[] = Object.freeze([finalizer]);

function keptFinalizers(finalizers: readonly string[]): readonly string[] {
  return finalizers.length === 1 && finalizers[0] === finalizer ? oursAlone : finalizers;
}
