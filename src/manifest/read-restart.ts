import type { Container, RestartRule } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';

const POLICIES = ['Always', 'Never', 'OnFailure'] as const;
const ACTIONS = ['Restart', 'RestartAllContainers'] as const;
const OPERATORS = ['In', 'NotIn'] as const;
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;

/** Reads what a container says of its own restarts, in place of its pod (core/validation: validateContainerRestartPolicy). */
export function readRestart(container: Fields): Pick<Container, 'restartPolicy' | 'restartPolicyRules'> {
  const restartPolicyRules = unlessEmpty(readRules(container));
  if (restartPolicyRules !== undefined && container.isEmpty('restartPolicy')) {
    container.report(
      'restartPolicy',
      'Required value: must specify restartPolicy when restart rules are used',
    );
  }
  return present({ restartPolicy: container.word('restartPolicy', POLICIES), restartPolicyRules });
}

function readRules(container: Fields): readonly RestartRule[] {
  const rules = container.objects('restartPolicyRules', shapeOf('V1ContainerRestartRule'));
  reportTooMany(container, 'restartPolicyRules', rules.length, MAX_RULES);
  return rules.map((rule) => {
    const action = requiredWord(rule, 'action', ACTIONS) ?? 'Restart';
    if (!rule.has('exitCodes')) rule.report('exitCodes', 'Required value: must be specified');
    return { action, ...readExitCodes(rule) };
  });
}

function readExitCodes(rule: Fields): Pick<RestartRule, 'operator' | 'exitCodes'> {
  const fields = rule.has('exitCodes')
    ? rule.object('exitCodes', shapeOf('V1ContainerRestartRuleOnExitCodes'))
    : undefined;
  if (fields === undefined) return { operator: 'In', exitCodes: [] };
  const operator = requiredWord(fields, 'operator', OPERATORS) ?? 'In';
  const exitCodes = fields.integers('values', 'int32');
  reportTooMany(fields, 'values', exitCodes.length, MAX_EXIT_CODES);
  // Kubernetes takes both.
  if (exitCodes.length === 0) {
    fields.note('values', `without any the rule counts for ${operator === 'In' ? 'no' : 'every'} exit code`);
  } else if (exitCodes.some((code) => code < 0 || code > 255)) {
    fields.note('values', 'exit codes are 0 to 255: no container ends with another');
  }
  return { operator, exitCodes };
}

function requiredWord<Word extends string>(
  fields: Fields,
  name: string,
  words: readonly Word[],
): Word | undefined {
  if (fields.isEmpty(name)) fields.report(name, 'Required value');
  return fields.word(name, words);
}

function reportTooMany(fields: Fields, name: string, count: number, most: number): void {
  if (count > most) fields.report(name, `Too many: ${count}: must have at most ${most} items`);
}
