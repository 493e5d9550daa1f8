import { Type } from '../schema/schema-words.ts';
import type { Violation } from '../schema/violation.ts';
import { type AccountSpec, accountSpecSchema } from '../spec/account-spec.ts';
import { type BotSpec, botSpecSchema } from '../spec/bot-spec.ts';
import { botRules, botTransitions, transitionViolations } from '../spec/rules.ts';
import { schemaValidator, type Validated } from './schema-validator.ts';

const botValidator = schemaValidator('bot', Type.Object({ spec: botSpecSchema }), botRules);
const accountValidator = schemaValidator('account', Type.Object({ spec: accountSpecSchema }), []);

/** Checks a Bot's spec that did not come from YAML: an object of Kubernetes, a document of MongoDB. */
export function validateBotSpec(spec: unknown): Validated<BotSpec> {
  return specOf(botValidator({ spec }));
}

/** Checks an Account's spec that did not come from YAML; none at all declares the defaults. */
export function validateAccountSpec(spec: unknown = {}): Validated<AccountSpec> {
  return specOf(accountValidator({ spec }));
}

function specOf<T>(checked: Validated<{ spec: T }>): Validated<T> {
  return checked.value ? { value: checked.value.spec, violations: [] } : checked;
}

/** What is wrong with a change of a bot from one valid spec to another: some fields never change. */
export function validateBotChange(spec: BotSpec, old: BotSpec): readonly Violation[] {
  return transitionViolations(botTransitions, { spec }, { spec: old });
}
