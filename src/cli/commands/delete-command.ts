import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { type Flag, type FlagReader, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { parseWholeNumber } from '../values.ts';
import { waitTimeoutFlag } from '../wait-flags.ts';

const MAX_GRACE_SECONDS = 2 ** 31 - 1;

const allFlag = switchFlag('all', 'all of the kind in the namespace', { occasional: true });

const gracePeriodFlag: Flag<number> = {
  name: 'grace-period',
  takes: 'value',
  occasional: true,
  placeholder: 'SECONDS',
  help: "how long containers may take to end, instead of the pod's own time",
  parse: parseWholeNumber({ min: 0, max: MAX_GRACE_SECONDS }),
};

const nowFlag = switchFlag('now', 'the same as --grace-period=1', { occasional: true });

const waitFlag = switchFlag('wait', 'wait until all of it is gone', { fallback: 'true', occasional: true });

const ignoreNotFoundFlag = switchFlag('ignore-not-found', 'what is not there is no failure', {
  occasional: true,
});

export const deleteCommand: Command = {
  name: 'delete',
  operands: 'KIND NAME...|KIND/NAME...',
  summary: 'delete objects, or what a PersistentVolumeClaim holds',
  details: [
    'What a watched directory defines goes with its file, and not by this. Every object is tried: exits with 1 if one failed.',
    'The directory of a claim outlives its pods and its manifest. "delete pvc NAME" deletes it for good, with the claim if that was made through the API, unless a pod still uses it; it needs no daemon. A claim whose manifest is still there begins anew, empty. -f deletes the claim alone, and keeps what it holds.',
  ],
  examples: [
    'tinylet delete pod web --now',
    'tinylet delete -f pods.yaml --ignore-not-found',
    'tinylet delete pods -l app=web',
    'tinylet delete pvc data  # and all that it holds',
  ],
  flags: [
    shared.fileFlag,
    shared.namespaceFlag,
    shared.selectorFlag,
    shared.fieldSelectorFlag,
    allFlag,
    gracePeriodFlag,
    nowFlag,
    waitFlag,
    { ...waitTimeoutFlag, fallback: 'for ever' },
    ignoreNotFoundFlag,
    shared.rootDirFlag,
    shared.apiSocketFlag,
  ],
  async run(call) {
    const { flags, operands } = call;
    const hasFiles = flags.readAll(shared.fileFlag) !== undefined;
    if (operands.length === 0 && !hasFiles)
      throw new TinyletError('USAGE', 'delete needs a kind and a name: tinylet delete pod NAME');
    const { deleteHeldData, readClaimNames } = await import('../delete-held-data.ts');
    const claims = hasFiles ? undefined : readClaimNames(operands);
    if (claims !== undefined) return deleteHeldData(call, claims);
    const { deleteObjects } = await import('../delete-objects.ts');
    return deleteObjects(call, {
      all: flags.read(allFlag) === true,
      ignoreNotFound: flags.read(ignoreNotFoundFlag) === true,
      gracePeriodSeconds: readGrace(flags),
      wait: flags.read(waitFlag) ?? true,
      timeoutMs: flags.read(waitTimeoutFlag),
    });
  },
};

function readGrace(flags: FlagReader): number | undefined {
  const [given, isNow] = [flags.read(gracePeriodFlag), flags.read(nowFlag) === true];
  if (given !== undefined && isNow)
    throw new TinyletError('USAGE', '--now and --grace-period exclude each other');
  return isNow ? 1 : given;
}
