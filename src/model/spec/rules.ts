import { type FieldPath, valueAt } from '../schema/field-path.ts';
import { shownValue, type Violation } from '../schema/violation.ts';
import type { BotSpec } from './bot-spec.ts';

/** A rule beyond any schema keyword: checked here by `holds`, and by the Kubernetes API server by `cel`. */
export interface Rule {
  /** The place that the rule is about; it is checked only if something is there. */
  readonly at: FieldPath;
  /** The field below `at` to name when the rule is broken; `at` itself if undefined. */
  readonly field?: string;
  /** As in Problem.rule. */
  readonly message: string;
  /** The same in the Common Expression Language; `self` is the value at `at`. */
  readonly cel: string;
  readonly holds: (self: unknown) => boolean;
}

/**
 * A rule about a change: `oldSelf` in `cel` is the former value of `holds`. Not checked if either is absent.
 */
export interface TransitionRule extends Omit<Rule, 'holds'> {
  readonly holds: (self: unknown, old: unknown) => boolean;
}

type Of<T, K extends keyof T> = NonNullable<T[K]>;
type Trading = Of<BotSpec, 'trading'>;
type Customizer = Of<Of<BotSpec, 'bootstrap'>, 'customizer'>;
type APIKey = Of<BotSpec, 'llm'>['apiKey'];

/** The schema was checked before, so the value at the rule's place is a `T`. */
function rule<T>(declared: Omit<Rule, 'holds'> & { readonly holds: (self: T) => boolean }): Rule {
  return { ...declared, holds: (self) => declared.holds(self as T) };
}

function transition<T>(
  declared: Omit<Rule, 'holds'> & { readonly holds: (self: T, old: T) => boolean },
): TransitionRule {
  return { ...declared, holds: (self, old) => declared.holds(self as T, old as T) };
}

const folded = (list: readonly string[]) => list.map((entry) => entry.toLowerCase());
const distinct = (list: readonly string[]) => new Set(list).size === list.length;

/** clawfleet knows its droplets by tags of these kinds; a bot must not carry another's. */
const reservedTag = /^(openclaw$|clawfleet|bot-|key-)/i;
/** Such tags say which create made a droplet, and for which redeploy request. */
const birthMark = /^(birth-[0-9]+|request-[0-9a-f]{8})$/i;

export const botRules: readonly Rule[] = [
  rule<Trading>({
    at: ['spec', 'trading'],
    field: 'assets',
    message: 'is required when assetFocus is custom',
    cel: "!has(self.assetFocus) || self.assetFocus != 'custom' || has(self.assets)",
    holds: (self) => self.assetFocus !== 'custom' || self.assets !== undefined,
  }),
  rule<Trading>({
    at: ['spec', 'trading'],
    field: 'assets',
    message: 'must be left out unless assetFocus is custom',
    cel: "!has(self.assets) || (has(self.assetFocus) && self.assetFocus == 'custom')",
    holds: (self) => self.assets === undefined || self.assetFocus === 'custom',
  }),
  rule<readonly string[]>({
    at: ['spec', 'trading', 'assets'],
    message: 'must not name an asset twice',
    cel: 'self.all(asset, self.exists_one(other, other == asset))',
    holds: distinct,
  }),
  rule<APIKey>({
    at: ['spec', 'llm', 'apiKey'],
    message: 'must have exactly one of secretRef and encrypted',
    cel: 'has(self.secretRef) != has(self.encrypted)',
    holds: (self) => (self.secretRef === undefined) !== (self.encrypted === undefined),
  }),
  rule<Customizer>({
    at: ['spec', 'bootstrap', 'customizer'],
    field: 'repoURL',
    message:
      'must hold no user or password, which everyone who may read the bot or its droplet would see: take a mirror that needs none, or an image (spec.droplet.image) that has the workspace; revoke the password',
    cel: "!has(self.repoURL) || !self.repoURL.matches('^https://[^/?#]*@')",
    holds: ({ repoURL = '' }) => !/^https:\/\/[^/?#]*@/.test(repoURL),
  }),
  rule<readonly string[]>({
    at: ['spec', 'droplet', 'sshKeys'],
    message: 'must not name a key twice',
    cel: 'self.all(key, self.exists_one(other, other == key))',
    holds: distinct,
  }),
  rule<readonly string[]>({
    at: ['spec', 'droplet', 'tags'],
    message: 'must not repeat a tag; upper and lower case count as the same',
    cel: 'self.all(tag, self.exists_one(other, other.lowerAscii() == tag.lowerAscii()))',
    holds: (self) => distinct(folded(self)),
  }),
  rule<readonly string[]>({
    at: ['spec', 'droplet', 'tags'],
    message: 'must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet',
    cel: "self.all(tag, !tag.lowerAscii().matches('^(openclaw$|clawfleet|bot-|key-)'))",
    holds: (self) => !self.some((tag) => reservedTag.test(tag)),
  }),
  rule<readonly string[]>({
    at: ['spec', 'droplet', 'tags'],
    message: 'must not look like birth-1 or request-01234567: those are set by clawfleet',
    cel: "self.all(tag, !tag.lowerAscii().matches('^(birth-[0-9]+|request-[0-9a-f]{8})$'))",
    holds: (self) => !self.some((tag) => birthMark.test(tag)),
  }),
];

export const botTransitions: readonly TransitionRule[] = [
  transition<BotSpec['accountRef']>({
    at: ['spec', 'accountRef'],
    field: 'name',
    message: 'must not change: quota and token come from the account; make a new bot instead',
    cel: 'self.name == oldSelf.name',
    holds: (self, old) => self.name === old.name,
  }),
  transition<BotSpec>({
    at: ['spec'],
    field: 'adopt',
    message: 'must not change once set: the droplet that was adopted stays the bot’s own',
    cel: '!has(oldSelf.adopt) || (has(self.adopt) && self.adopt == oldSelf.adopt)',
    holds: (self, old) => old.adopt === undefined || sameAdoption(self.adopt, old.adopt),
  }),
];

function sameAdoption(a: BotSpec['adopt'], b: Of<BotSpec, 'adopt'>): boolean {
  return a?.dropletID === b.dropletID && a.botID === b.botID && a.tokenSHA256 === b.tokenSHA256;
}

/** The rules that `value` breaks, except those about places where the schema is `broken` already. */
export function ruleViolations(
  rules: readonly Rule[],
  value: unknown,
  broken: readonly Violation[],
): readonly Violation[] {
  return rules.flatMap((rule) => {
    const self = valueAt(value, rule.at);
    if (self === undefined || broken.some(({ path }) => touches(path, rule.at)) || rule.holds(self))
      return [];
    return [violationOf(rule, value)];
  });
}

/** The transition rules that a change from `old` to `value` breaks; both have passed their schema. */
export function transitionViolations(
  rules: readonly TransitionRule[],
  value: unknown,
  old: unknown,
): readonly Violation[] {
  return rules.flatMap((rule) => {
    const [self, before] = [valueAt(value, rule.at), valueAt(old, rule.at)];
    if (self === undefined || before === undefined || rule.holds(self, before)) return [];
    return [violationOf(rule, value)];
  });
}

function violationOf(rule: Omit<Rule, 'holds'>, value: unknown): Violation {
  const path = rule.field === undefined ? rule.at : [...rule.at, rule.field];
  const shown = shownValue(path, valueAt(value, path));
  return { path, rule: rule.message, ...(shown === undefined ? {} : { value: shown }) };
}

/** Whether one of the two paths leads through the other. */
function touches(a: FieldPath, b: FieldPath): boolean {
  return a.every((step, index) => index >= b.length || step === b[index]);
}
