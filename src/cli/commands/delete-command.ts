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
  help: "how long containers may take to end, instead of the pod's own time; 0 is 1 without --force",
  parse: parseWholeNumber({ min: 0, max: MAX_GRACE_SECONDS }),
};

const nowFlag = switchFlag('now', 'the same as --grace-period=1', { occasional: true });

const forceFlag = switchFlag('force', 'end containers at once: without their preStop hooks', {
  occasional: true,
});

const waitFlag = switchFlag('wait', 'wait until all of it is gone', { fallback: 'true', occasional: true });

/** As kubectl has it, 0s is for ever here. */
const deleteTimeoutFlag: Flag<number> = {
  ...waitTimeoutFlag,
  fallback: '0s, for ever',
  help: 'how long to wait',
};

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
    shared.allNamespacesFlag,
    shared.selectorFlag,
    shared.fieldSelectorFlag,
    allFlag,
    gracePeriodFlag,
    nowFlag,
    forceFlag,
    waitFlag,
    deleteTimeoutFlag,
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
    const { readSelection } = await import('../select-objects.ts');
    return deleteObjects(call, {
      selection: readSelection(flags, allFlag),
      ignoreNotFound: flags.read(ignoreNotFoundFlag) === true,
      gracePeriodSeconds: readGrace(flags),
      wait: flags.read(waitFlag) ?? true,
      timeoutMs: flags.read(deleteTimeoutFlag) || undefined,
    });
  },
};

function readGrace(flags: FlagReader): number | undefined {
  const [given, isNow] = [flags.read(gracePeriodFlag), flags.read(nowFlag) === true];
  if (given !== undefined && isNow)
    throw new TinyletError('USAGE', '--now and --grace-period exclude each other');
  const isForced = flags.read(forceFlag) === true;
  if (isForced && (isNow || (given ?? 0) > 0))
    throw new TinyletError('USAGE', '--force and a grace period other than 0 exclude each other');
  if (isForced) return 0;
  // As kubectl has it: nobody is ended without a word unless that is said.
  return isNow || given === 0 ? 1 : given;
}
