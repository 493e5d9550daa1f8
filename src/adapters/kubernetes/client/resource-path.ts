/** A kind of the API, as it stands in URLs. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower case, as in `bots`. */
  readonly plural: string;
}

export interface ResourceLocation {
  /** Left out: all namespaces, or a kind that belongs to none. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Such as `status`. */
  readonly subresource?: string | undefined;
}

/** `/apis/clawfleet.dev/v1alpha1/namespaces/NS/bots/NAME/status`, and what of it is named. */
export function resourcePath({ group, version, plural }: ResourceType, place: ResourceLocation = {}): string {
  const { namespace, name, subresource } = place;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${plural}${object}${subresource === undefined ? '' : `/${subresource}`}`;
}
