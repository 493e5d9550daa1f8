import type { AgentConduct, AgentDisk } from '../agents/agent-state.ts';

/** An existing droplet as the cloud itself knows it. Plain data, so that a file can keep it. */
export interface DropletRecord {
  readonly id: number;
  name: string;
  status: 'new' | 'active' | 'off' | 'archive';
  readonly region: string;
  size: string;
  imageID: number;
  diskGB: number;
  /** In lower case. */
  tags: string[];
  /** No tags are shown until the droplet is active. */
  tagsHidden: boolean;
  backups: boolean;
  ipv6: boolean;
  readonly monitoring: boolean;
  readonly vpcUUID: string;
  readonly volumeIDs: readonly string[];
  readonly snapshotIDs: number[];
  projectID: string;
  /** Epoch milliseconds of the cloud's time, like every time here. */
  readonly createdAt: number;
  readonly listedAt: number;
  readonly readableAt: number;
  addressedAt?: number;
  dyingAt?: number;
  pendingAction?: number;
  /** Every shutdown completes with the droplet still active. */
  ignoresShutdown: boolean;
  /** Every DELETE answers 204, but the droplet stays. */
  ignoresDelete: boolean;
  /** Its actions stay in progress, including its create. */
  stuck?: boolean;
  /** How often it was rebooted while it was on. */
  reboots: number;
  agentConduct: AgentConduct;
  /** Steps of its bootstrap that have failed, as its agent reports them. */
  failedSteps: readonly string[];
  agentDisk?: AgentDisk;
}

export interface ActionRecord {
  readonly id: number;
  readonly type: string;
  readonly dropletID: number;
  readonly region: string;
  readonly startedAt: number;
  readonly dueAt: number;
  completedAt?: number;
  status: 'in-progress' | 'completed' | 'errored';
  /** Its outcome, decided when it was requested. `ignored` completes without effect. */
  readonly outcome: 'done' | 'ignored' | 'errored';
  readonly size?: string;
  readonly disk?: boolean;
  readonly name?: string;
  readonly imageID?: number;
}

export interface KeyRecord {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly publicKey: string;
}

export interface VPCRecord {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly isDefault: boolean;
  readonly createdAt: number;
}

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly createdAt: number;
}

/** A tag: the first spelling is kept for ever, even across deletion. */
export interface TagRecord {
  readonly name: string;
  readonly exists: boolean;
}
