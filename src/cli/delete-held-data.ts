import { hasCode, TinyletError } from '../base/index.ts';
import { askApi } from '../client/index.ts';
import { dns1123SubdomainErrors } from '../pod/index.ts';
import type { CommandCall } from './command.ts';
import { failureLine } from './failure-line.ts';
import * as shared from './flags.ts';

/** As kubectl knows the kind. */
const CLAIM_WORDS = ['pvc', 'persistentvolumeclaim', 'persistentvolumeclaims'];

/** The claims that a command line names; undefined where it is about something else. Throws USAGE. */
export function readClaimNames(operands: readonly string[]): readonly string[] | undefined {
  const pairs = operands.map((operand) => operand.split('/'));
  const isPaired = operands[0]?.includes('/') ?? false;
  const kinds = isPaired ? pairs.map(([kind = '']) => kind) : operands.slice(0, 1);
  const claims = kinds.filter((kind) => CLAIM_WORDS.includes(kind.toLowerCase()));
  if (claims.length === 0) return undefined;
  const names = isPaired ? pairs.map(([, name = '']) => name) : operands.slice(1);
  if (claims.length < kinds.length || names.length === 0)
    throw new TinyletError('USAGE', 'claims are deleted by their names: tinylet delete pvc NAME');
  return names.map(checked);
}

/** A name becomes part of a path. */
function checked(name: string): string {
  const [problem] = dns1123SubdomainErrors(name);
  if (problem !== undefined) throw new TinyletError('USAGE', `${JSON.stringify(name)}: ${problem}`);
  return name;
}

/** What claims hold, for good, and the claims with it where they were made through the API. Needs no daemon. */
export async function deleteHeldData(call: CommandCall, names: readonly string[]): Promise<number> {
  if (call.flags.read(shared.allNamespacesFlag) === true) throw new TinyletError('USAGE', shared.NAME_IN_ALL);
  let code = 0;
  for (const name of names) {
    try {
      await deleteClaim(call, { namespace: shared.readNamespace(call.flags), name });
      call.program.out(`persistentvolumeclaim "${name}" deleted\n`);
    } catch (error) {
      if (!hasCode(error, 'CLAIM')) throw error;
      code = 1;
      call.program.err(`${failureLine(error)}\n`);
    }
  }
  return code;
}

/** First what it holds: while a pod uses that, nothing changes. */
async function deleteClaim(
  { flags, program }: CommandCall,
  claim: { readonly namespace: string; readonly name: string },
): Promise<void> {
  let missing: TinyletError | undefined;
  try {
    await program.deleteClaim(shared.readRootDir(flags), claim);
  } catch (error) {
    if (!(error instanceof TinyletError) || !hasCode(error, 'CLAIM') || error.facts.users !== undefined)
      throw error;
    missing = error;
  }
  // A claim that no pod has used yet holds nothing.
  const hadObject = await deleteItsObject({ flags, program }, claim);
  if (missing !== undefined && !hadObject) throw missing;
}

async function deleteItsObject(
  { flags, program }: Pick<CommandCall, 'flags' | 'program'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`;
  try {
    await askApi(program.client(shared.readApiSocket(flags)), { method: 'DELETE', path });
    return true;
  } catch (error) {
    const { code, facts } = error instanceof TinyletError ? error : { code: undefined, facts: {} };
    // No daemon, no such object, or one of a file: that begins anew, empty.
    if (
      code === 'DAEMON_UNREACHABLE' ||
      (code === 'API_REFUSED' && (facts.code === 404 || facts.code === 403))
    )
      return false;
    throw error;
  }
}
