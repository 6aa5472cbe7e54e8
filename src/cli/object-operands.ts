import { TinyletError } from '../base/index.ts';
import type { ApiKind, ApiKinds } from './api-kinds.ts';

/** Objects of one kind that a command line names. */
export interface NamedObjects {
  readonly kind: ApiKind;
  /** Empty where none is named, which means all or none. */
  readonly names: readonly string[];
}

/** `KIND`, `KIND NAME...`, `KIND,KIND`, or `KIND/NAME...`, as kubectl reads them. Throws USAGE. */
export function readObjectOperands(operands: readonly string[], kinds: ApiKinds): readonly NamedObjects[] {
  if (operands.some((each) => each.includes('/'))) return operands.flatMap((each) => readPair(each, kinds));
  const [words = '', ...names] = operands;
  const found = words.split(',').flatMap((word) => kinds.ofWord(word));
  return [...new Set(found)].map((kind) => ({ kind, names }));
}

function readPair(operand: string, kinds: ApiKinds): readonly NamedObjects[] {
  const [word = '', name = '', ...rest] = operand.split('/');
  if (word === '' || name === '' || rest.length > 0)
    throw new TinyletError('USAGE', `${JSON.stringify(operand)}: write KIND NAME... or KIND/NAME...`);
  return kinds.ofWord(word).map((kind) => ({ kind, names: [name] }));
}

/** Names of one kind together, in the order in which each kind is first named. */
export function byKind(objects: readonly NamedObjects[]): readonly NamedObjects[] {
  return [...new Set(objects.map(({ kind }) => kind))].map((kind) => ({
    kind,
    names: objects.flatMap((each) => (each.kind === kind ? each.names : [])),
  }));
}
