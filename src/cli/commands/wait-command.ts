import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { type Flag, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { parseWaitCondition, type WaitCondition } from '../wait-condition.ts';
import { waitTimeoutFlag } from '../wait-flags.ts';

/** As kubectl waits. */
const DEFAULT_TIMEOUT_MS = 30_000;

const forFlag: Flag<WaitCondition> = {
  name: 'for',
  takes: 'value',
  occasional: true,
  placeholder: 'CONDITION',
  help: 'condition=Ready, condition=Ready=False, delete, create, or jsonpath={.status.phase}=Running',
  parse: parseWaitCondition,
};

const allFlag = switchFlag('all', 'all of the kind', { occasional: true });

export const waitCommand: Command = {
  name: 'wait',
  operands: 'KIND NAME...|KIND/NAME...',
  summary: 'wait until objects are as they are wanted to be',
  exitCodes: '0 all are so, 1 the time is over or one is missing, 2 wrong usage',
  examples: ['tinylet wait pod/web --for=condition=Ready --timeout=2m'],
  flags: [
    forFlag,
    { ...waitTimeoutFlag, fallback: '30s' },
    shared.namespaceFlag,
    shared.allNamespacesFlag,
    shared.selectorFlag,
    shared.fieldSelectorFlag,
    allFlag,
    shared.apiSocketFlag,
  ],
  async run(call) {
    const { flags, operands } = call;
    const condition = flags.read(forFlag);
    if (operands.length === 0 || condition === undefined)
      throw new TinyletError('USAGE', 'wait needs what for: tinylet wait pod/web --for=condition=Ready');
    const { waitForObjects } = await import('../wait-for-objects.ts');
    const timeoutMs = flags.read(waitTimeoutFlag) ?? DEFAULT_TIMEOUT_MS;
    const { readSelection } = await import('../select-objects.ts');
    return waitForObjects(call, { condition, timeoutMs, selection: readSelection(flags, allFlag) });
  },
};
