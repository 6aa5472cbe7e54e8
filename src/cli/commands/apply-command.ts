import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { type Flag, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { parseSwitch } from '../values.ts';
import { waitTimeoutFlag } from '../wait-flags.ts';

/** Images may have to be pulled. */
const DEFAULT_TIMEOUT_MS = 300_000;

const dryRunFlag: Flag<boolean> = {
  name: 'dry-run',
  takes: 'nothing',
  occasional: true,
  help: 'let the daemon judge everything, and change nothing',
  parse(text) {
    if (text === 'client') throw new TinyletError('USAGE', 'only the daemon can judge: --dry-run=server');
    if (text === 'server' || text === 'none') return text === 'server';
    return parseSwitch(text);
  },
};

const waitFlag = switchFlag('wait', 'wait until the pods are ready, or have succeeded', { occasional: true });

export const applyCommand: Command = {
  name: 'apply',
  summary: 'create or change what manifests say',
  details: [
    'Objects are kept by the daemon until they are deleted, also across restarts. What a watched directory defines is changed there. Every object is tried: exits with 1 if one failed. Fields that an earlier apply set and this one leaves out go.',
  ],
  examples: ['tinylet apply -f web.yaml --wait', 'tinylet apply -f - < pods.yaml'],
  flags: [
    shared.fileFlag,
    shared.namespaceFlag,
    dryRunFlag,
    waitFlag,
    { ...waitTimeoutFlag, fallback: '5m' },
    shared.apiSocketFlag,
  ],
  async run(call) {
    const { flags } = call;
    if (flags.readAll(shared.fileFlag) === undefined)
      throw new TinyletError('USAGE', 'apply needs a file: tinylet apply -f FILE');
    const dryRun = flags.read(dryRunFlag) === true;
    const timeoutMs = flags.read(waitTimeoutFlag) ?? DEFAULT_TIMEOUT_MS;
    const waitMs = flags.read(waitFlag) === true ? timeoutMs : undefined;
    const { applyObjects } = await import('../apply-objects.ts');
    return applyObjects(call, { dryRun, waitMs });
  },
};
