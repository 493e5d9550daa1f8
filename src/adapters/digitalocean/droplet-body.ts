import type { ActionRequest, DropletRequest } from '../../ports/cloud.ts';

/** The body of `POST /v2/droplets`. */
export function dropletBody(request: DropletRequest): object {
  return {
    name: request.name,
    region: request.region,
    size: request.size,
    image: numberIfID(request.image),
    ssh_keys: request.sshKeys.map(numberIfID),
    backups: request.backups,
    ipv6: request.ipv6,
    monitoring: request.monitoring,
    tags: request.tags,
    user_data: request.userData,
    ...(request.vpcUUID !== undefined && { vpc_uuid: request.vpcUUID }),
  };
}

/** The body of `POST /v2/droplets/{id}/actions`. */
export function actionBody(request: ActionRequest): object {
  return { ...request };
}

/** The API takes ids as numbers, and slugs and fingerprints as strings. */
function numberIfID(text: string): string | number {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}
