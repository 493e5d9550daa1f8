import { resourceUID } from '../../src/adapters/directory/declaration.ts';
import { dropletName } from '../../src/model/identity.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';

export const fleetID = 'chaos';
/** Each has a disk that is no smaller than those before. */
export const sizes = ['s-1vcpu-2gb', 's-2vcpu-2gb', 's-2vcpu-4gb'] as const;

/** Something that was asked of a bot and destroys a droplet. */
export interface Ask {
  readonly kind: 'redeploy' | 'destroy';
  /** Date.now() just before. */
  readonly at: number;
}

/** What was asked of one bot from its declaration to its end; a bot declared again under its name is another. */
export class Subject {
  readonly name: string;
  readonly incarnation: number;
  powerState: 'Running' | 'Stopped' = 'Running';
  tags: readonly string[] = [];
  size: (typeof sizes)[number] = sizes[0];
  declared = true;
  reboots = 0;
  readonly asks: Ask[] = [];

  constructor(name: string, incarnation: number) {
    this.name = name;
    this.incarnation = incarnation;
  }

  get dropletName(): string {
    return dropletName(resourceUID(fleetID, 'Bot', 'default', this.name, this.incarnation));
  }

  get redeploys(): number {
    return this.asks.filter(({ kind }) => kind === 'redeploy').length;
  }

  get rebootRequest(): string | undefined {
    return this.reboots === 0 ? undefined : `reboot-${this.reboots}`;
  }

  get redeployRequest(): string | undefined {
    return this.redeploys === 0 ? undefined : `redeploy-${this.redeploys}`;
  }

  spec(): Partial<BotSpec> {
    const { powerState, rebootRequest, redeployRequest, size, tags } = this;
    return {
      powerState,
      droplet: { size, tags: [...tags] },
      ...(rebootRequest !== undefined && { rebootRequest }),
      ...(redeployRequest !== undefined && { redeployRequest }),
    };
  }
}
