import type { DropletSpec, EffectiveDropletSpec } from './droplet-spec.ts';

/** The actions of DigitalOcean's that switch a field of an existing droplet. */
interface Switch {
  readonly by: 'switch';
  readonly on: string;
  /** If absent, switching the field off takes a new droplet. */
  readonly off?: string;
  /** The label of its drift in the metrics, and its name in sentences. */
  readonly drift: string;
  readonly noun: string;
}

interface DropletField {
  /**
   * How a change reaches a droplet that exists: only through a new one, by switching actions, or by calls of
   * the field's own (a resize, tags put on and taken off, an assignment to a project). `none` changes no
   * droplet.
   */
  readonly change: { readonly by: 'replacement' | 'resize' | 'tagging' | 'assignment' | 'none' } | Switch;
  /**
   * Its name in the body of `POST /v2/droplets`, which takes ids as numbers but slugs and fingerprints as
   * strings. A create does not ask for a field without it.
   */
  readonly wire?: { readonly name: string; readonly idsAsNumbers?: true };
  /** Kept in `status.droplet.template`: the declaration is compared with what was asked for at creation. */
  readonly isRecorded: boolean;
  /** The cloud shows it on the droplet. */
  readonly isObserved: boolean;
  /**
   * The line of `describe` that shows it, and the word before its value; a flag that is on is shown by the
   * word alone.
   */
  readonly shown?: { readonly on: 'Droplet' | 'Extras'; readonly word: string };
}

const replacement = { by: 'replacement' } as const;

/**
 * Each field of `spec.droplet` and everything done with it; whatever needs a list of a droplet's fields takes
 * it from here.
 */
export const dropletFields = {
  region: {
    change: replacement,
    wire: { name: 'region' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Droplet', word: '' },
  },
  size: {
    change: { by: 'resize' },
    wire: { name: 'size' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Droplet', word: '' },
  },
  image: {
    change: replacement,
    wire: { name: 'image', idsAsNumbers: true },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Droplet', word: '' },
  },
  monitoring: {
    change: replacement,
    wire: { name: 'monitoring' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Extras', word: 'monitoring' },
  },
  backups: {
    change: {
      by: 'switch',
      on: 'enable_backups',
      off: 'disable_backups',
      drift: 'Backups',
      noun: 'backups',
    },
    wire: { name: 'backups' },
    isRecorded: false,
    isObserved: true,
    shown: { on: 'Extras', word: 'backups' },
  },
  ipv6: {
    change: { by: 'switch', on: 'enable_ipv6', drift: 'IPv6', noun: 'IPv6' },
    wire: { name: 'ipv6' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Extras', word: 'ipv6' },
  },
  sshKeys: {
    change: replacement,
    wire: { name: 'ssh_keys', idsAsNumbers: true },
    isRecorded: true,
    isObserved: false,
    shown: { on: 'Extras', word: 'SSH keys' },
  },
  tags: {
    change: { by: 'tagging' },
    wire: { name: 'tags' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Extras', word: 'tags' },
  },
  vpcUUID: {
    change: replacement,
    wire: { name: 'vpc_uuid' },
    isRecorded: true,
    isObserved: true,
    shown: { on: 'Extras', word: 'VPC' },
  },
  projectID: {
    change: { by: 'assignment' },
    isRecorded: false,
    isObserved: false,
    shown: { on: 'Extras', word: 'project' },
  },
  replacePolicy: {
    change: { by: 'none' },
    isRecorded: false,
    isObserved: false,
  },
} as const satisfies Record<keyof DropletSpec, DropletField>;

type Fields = typeof dropletFields;
type FieldsOf<Row> = { [F in keyof Fields]: Fields[F] extends Row ? F : never }[keyof Fields];

export type RequestedField = FieldsOf<{ readonly wire: object }>;
export type RecordedField = FieldsOf<{ readonly isRecorded: true }>;
export type ObservedField = FieldsOf<{ readonly isObserved: true }>;
type SwitchedField = FieldsOf<{ readonly change: Switch }>;

type Switches = Fields[SwitchedField]['change'];
/** The actions that switch a field on or off. */
export type SwitchAction = Switches['on'] | Extract<Switches, { readonly off: string }>['off'];

/** In the order of the table, which is that of all lists and sentences. */
export const requestedFields = fieldsWhere<RequestedField>(({ wire }) => wire !== undefined);
export const recordedFields = fieldsWhere<RecordedField>(({ isRecorded }) => isRecorded);
export const observedFields = fieldsWhere<ObservedField>(({ isObserved }) => isObserved);
export const switchedFields = fieldsWhere<SwitchedField>(({ change }) => change.by === 'switch');

type Frozen<T> = { readonly [F in keyof T]: T[F] extends readonly (infer Item)[] ? readonly Item[] : T[F] };

/** The values that a create asks for. */
export type RequestedDroplet = Frozen<Pick<EffectiveDropletSpec, RequestedField>>;
/** The declared values that the cloud shows on a droplet. */
export type ObservedDroplet = Frozen<Pick<EffectiveDropletSpec, ObservedField>>;

function fieldsWhere<F extends keyof Fields>(has: (row: DropletField) => boolean): readonly F[] {
  const rows: [string, DropletField][] = Object.entries(dropletFields);
  return rows.filter(([, row]) => has(row)).map(([field]) => field as F);
}

/** The fields that a line of `describe` shows, each with the word before its value. */
export function shownFields(line: 'Droplet' | 'Extras'): { field: keyof DropletSpec; word: string }[] {
  return fieldsWhere<FieldsOf<{ readonly shown: object }>>(({ shown }) => shown?.on === line).map(
    (field) => ({ field, word: dropletFields[field].shown.word }),
  );
}

/** The action that switches `field` on or off; undefined if only a new droplet can have it so. */
export function switchAction(field: SwitchedField, on: boolean): SwitchAction | undefined {
  const { change } = dropletFields[field];
  if (on) return change.on;
  return 'off' in change ? change.off : undefined;
}

/** Whether only a new droplet can have `field` as `wanted`, given that it differs from that. */
export function needsReplacement(field: keyof DropletSpec, wanted: unknown): boolean {
  const { change }: DropletField = dropletFields[field];
  return change.by === 'replacement' || (change.by === 'switch' && change.off === undefined && !wanted);
}
