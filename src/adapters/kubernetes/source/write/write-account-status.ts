import { isDeepStrictEqual } from 'node:util';
import type { AccountRecord } from '../../../../model/records.ts';
import type { AccountStatus } from '../../../../model/spec/account-spec.ts';
import { replace } from '../../client/apply.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { type AccountObject, accountType } from '../objects.ts';
import { settledWrite } from './settled-write.ts';
import { statusUpdate } from './status-update.ts';

/** Stores an Account's status by compare-and-swap; resolves to the object as stored. */
export function writeAccountStatus(
  client: KubeAPI,
  record: AccountRecord,
  status: AccountStatus,
): Promise<AccountObject> {
  const { namespace, name } = record;
  const update = statusUpdate('Account', record, status);
  return settledWrite(
    client,
    resourcePath(accountType, { namespace, name }),
    () =>
      replace<AccountObject>(
        client,
        resourcePath(accountType, { namespace, name, subresource: 'status' }),
        update,
      ),
    (present) => isDeepStrictEqual(present.status, status),
  );
}
