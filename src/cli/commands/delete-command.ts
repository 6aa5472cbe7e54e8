import { TinyletError } from '../../base/index.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../pod/index.ts';
import type { Command } from '../command.ts';
import type { Flag } from '../flag.ts';
import * as shared from '../flags.ts';

const namespaceFlag: Flag<string> = {
  name: 'namespace',
  short: 'n',
  takes: 'value',
  placeholder: 'NAME',
  help: 'the namespace of the claim',
  fallback: 'default',
  parse: (text) => checked(text, dns1123LabelErrors(text)),
};

/** As kubectl knows the kind. */
const CLAIM_WORDS = ['pvc', 'persistentvolumeclaim', 'persistentvolumeclaims'];

/** Pods go with their files; what a claim holds is the one thing that only a command deletes. */
export const deleteCommand: Command = {
  name: 'delete',
  operands: 'pvc NAME',
  summary: 'delete what a PersistentVolumeClaim holds',
  details: [
    'The directory of a claim outlives its pods and its manifest. This deletes it for good, unless a pod still uses it. A claim whose manifest is still there begins anew, empty.',
  ],
  flags: [namespaceFlag, shared.rootDirFlag],
  async run({ flags, operands, program }) {
    const [kind = '', name, ...rest] = operands;
    if (!CLAIM_WORDS.includes(kind.toLowerCase()) || name === undefined || rest.length > 0)
      throw new TinyletError('USAGE', 'delete needs a kind and a name: tinylet delete pvc NAME');
    const claim = {
      namespace: flags.read(namespaceFlag) ?? 'default',
      name: checked(name, dns1123SubdomainErrors(name)),
    };
    await program.deleteClaim(shared.readRootDir(flags), claim);
    program.out(`persistentvolumeclaim "${claim.name}" deleted\n`);
    return 0;
  },
};

/** A name becomes part of a path. */
function checked(name: string, problems: readonly string[]): string {
  const [problem] = problems;
  if (problem !== undefined) throw new TinyletError('USAGE', `${JSON.stringify(name)}: ${problem}`);
  return name;
}
