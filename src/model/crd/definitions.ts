import type { TSchema } from '../schema/schema-words.ts';
import { accountSpecSchema, accountStatusSchema } from '../spec/account-spec.ts';
import { botSpecSchema } from '../spec/bot-spec.ts';
import { botStatusSchema } from '../spec/bot-status.ts';
import { botNameSchema, nameSchema } from '../spec/metadata-schema.ts';
import { botRules, botTransitions } from '../spec/rules.ts';
import type { Extensions } from './structural-schema.ts';

/** A column that `kubectl get` prints. */
interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1: shown by `-o wide` only. */
  readonly priority?: 1;
}

/** All that sets one kind of resource apart from another, for its CRD and its documentation. */
export interface Definition {
  readonly names: {
    readonly kind: string;
    readonly plural: string;
    readonly singular: string;
    readonly shortNames: readonly string[];
  };
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  readonly name: TSchema;
  readonly spec: TSchema;
  readonly status: TSchema;
  readonly specRequired: boolean;
  readonly extensions: Extensions;
}

const ready = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`;

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Age.',
};

export const botDefinition: Definition = {
  names: { kind: 'Bot', plural: 'bots', singular: 'bot', shortNames: ['cbot'] },
  description: 'A bot on a DigitalOcean droplet of its own.',
  columns: [
    {
      name: 'Phase',
      type: 'string',
      jsonPath: '.status.phase',
      description: 'Where the bot is in its life.',
    },
    { name: 'Ready', type: 'string', jsonPath: ready('status'), description: 'Whether it is as declared.' },
    { name: 'Droplet', type: 'integer', jsonPath: '.status.droplet.id', description: 'Id of the droplet.' },
    {
      name: 'IP',
      type: 'string',
      jsonPath: '.status.droplet.publicIPv4',
      description: 'Public IPv4 address.',
    },
    { name: 'Region', type: 'string', jsonPath: '.status.droplet.region', description: 'Region.' },
    { name: 'Size', type: 'string', jsonPath: '.status.droplet.size', description: 'Size.' },
    age,
    {
      name: 'Account',
      type: 'string',
      jsonPath: '.spec.accountRef.name',
      description: 'Account.',
      priority: 1,
    },
    {
      name: 'Cost',
      type: 'number',
      jsonPath: '.status.droplet.priceMonthlyUSD',
      description: 'US dollars a month.',
      priority: 1,
    },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: ready('reason'),
      description: 'Why it is ready or not.',
      priority: 1,
    },
    {
      name: 'Config',
      type: 'integer',
      jsonPath: '.status.appliedConfig.version',
      description: 'Version of the config that the bot runs by.',
      priority: 1,
    },
    {
      name: 'Heartbeat',
      type: 'date',
      jsonPath: '.status.lastHeartbeatTime',
      description: 'When the bot was last heard, as of the last write.',
      priority: 1,
    },
  ],
  name: botNameSchema,
  spec: botSpecSchema,
  status: botStatusSchema,
  specRequired: true,
  extensions: { rules: [...botRules, ...botTransitions], listKeys: { 'status.conditions': 'type' } },
};

export const accountDefinition: Definition = {
  names: { kind: 'Account', plural: 'accounts', singular: 'account', shortNames: ['cacct'] },
  description: 'What a group of bots may use together: places, a budget, a DigitalOcean token.',
  columns: [
    { name: 'Tier', type: 'string', jsonPath: '.spec.tier', description: 'Tier.' },
    { name: 'Used', type: 'integer', jsonPath: '.status.used', description: 'Bots that hold a place.' },
    { name: 'Limit', type: 'integer', jsonPath: '.status.limit', description: 'Most bots.' },
    {
      name: 'Waiting',
      type: 'integer',
      jsonPath: '.status.waiting',
      description: 'Bots that wait for a place.',
    },
    { name: 'Cost', type: 'number', jsonPath: '.status.costMonthlyUSD', description: 'US dollars a month.' },
    age,
  ],
  name: nameSchema,
  spec: accountSpecSchema,
  status: accountStatusSchema,
  specRequired: false,
  extensions: { rules: [], listKeys: {} },
};
