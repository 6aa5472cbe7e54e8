import { TinyletError } from '../../base/index.ts';
import { dns1123SubdomainErrors } from '../../pod/index.ts';
import type { Command } from '../command.ts';
import * as shared from '../flags.ts';

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
  flags: [shared.namespaceFlag, shared.rootDirFlag],
  async run({ flags, operands, program }) {
    const [kind = '', name, ...rest] = operands;
    if (!CLAIM_WORDS.includes(kind.toLowerCase()) || name === undefined || rest.length > 0)
      throw new TinyletError('USAGE', 'delete needs a kind and a name: tinylet delete pvc NAME');
    const claim = {
      namespace: shared.readNamespace(flags),
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
