import type { AgentConduct, AgentDisk } from '../agents/agent-state.ts';

/** A droplet that lives, as the cloud itself knows it. Plain data, so that it can be kept in a file. */
export interface DropletRecord {
  readonly id: number;
  name: string;
  status: 'new' | 'active' | 'off' | 'archive';
  readonly region: string;
  size: string;
  imageID: number;
  diskGB: number;
  /** Folded to lower case. */
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
  /** Epoch milliseconds of the cloud's time, as every time here. */
  readonly createdAt: number;
  readonly listedAt: number;
  readonly readableAt: number;
  addressedAt?: number;
  dyingAt?: number;
  pendingAction?: number;
  /** Every shutdown completes with the droplet still active. */
  ignoresShutdown: boolean;
  /** Every DELETE answers 204, and the droplet lives on. */
  ignoresDelete: boolean;
  /** Its actions stay in progress, that of its create too. */
  stuck?: boolean;
  /** How often it was booted anew while it was on. */
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
  /** What it will come to, decided when it was asked for. `ignored` completes without effect. */
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

/** A tag: the first spelling is kept for ever, even over its deletion. */
export interface TagRecord {
  readonly name: string;
  readonly exists: boolean;
}
