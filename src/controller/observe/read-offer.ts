import type { OfferRequest } from '../../decide/effect.ts';
import type { CreateOffer } from '../../decide/input.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { PassContext } from '../engine/pass.ts';

/** Asks the cloud for everything that a create would name. What the token may not see is no obstacle. */
export async function readOffer(
  { site }: PassContext,
  { image, sshKeys, vpcUUID }: OfferRequest,
): Promise<CreateOffer> {
  const { cloud, signal, admission } = site;
  const options = { class: 'urgent', signal, fresh: true } as const;
  const missingKeys: string[] = [];
  for (const key of sshKeys)
    if ((await found(() => cloud.sshKey(key, options))) === 'absent') missingKeys.push(key);
  return {
    image: await found(() => cloud.image(image, options)),
    missingKeys,
    ...(vpcUUID !== undefined && { vpc: await found(() => cloud.vpc(vpcUUID, options)) }),
    isAtDropletLimit: admission.atDropletLimit,
  };
}

async function found<T>(read: () => Promise<T>): Promise<T | 'absent' | 'unchecked'> {
  try {
    return await read();
  } catch (error) {
    const fault = faultOf(error, 'absent', 'unauthorised');
    if (!fault) throw error;
    return fault.kind === 'absent' ? 'absent' : 'unchecked';
  }
}
