import {
  dropletFields,
  type RequestedDroplet,
  type RequestedField,
  requestedFields,
} from '../../model/spec/droplet-fields.ts';
import type { ActionRequest, DropletRequest } from '../../ports/cloud.ts';

/** The body of `POST /v2/droplets`. */
export function dropletBody(request: DropletRequest): object {
  const declared = requestedFields
    .filter((field) => request[field] !== undefined)
    .map((field) => [dropletFields[field].wire.name, wireValue(field, request[field])]);
  return { name: request.name, ...Object.fromEntries(declared), user_data: request.userData };
}

function wireValue(field: RequestedField, value: RequestedDroplet[RequestedField]): unknown {
  if (!('idsAsNumbers' in dropletFields[field].wire)) return value;
  return typeof value === 'object' ? value.map(numberIfID) : numberIfID(String(value));
}

/** The body of `POST /v2/droplets/{id}/actions`. */
export function actionBody(request: ActionRequest): object {
  return { ...request };
}

/** The API takes ids as numbers, and slugs and fingerprints as strings. */
function numberIfID(text: string): string | number {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}
