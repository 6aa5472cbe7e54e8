import { ApiFailure, type StatusCause } from '../../apimachinery/index.ts';
import type { ApiRequest } from '../message.ts';
import { forbiddenField, invalid, invalidField, requiredField, unsupportedValue } from './failures.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** What a write asks for beside the object (meta/v1 CreateOptions, UpdateOptions, PatchOptions). */
export interface WriteOptions {
  /** Everything but the write itself is done. */
  readonly dryRun: boolean;
  /** Who owns the fields that are set. */
  readonly manager: string;
  readonly validation: FieldValidation;
  /** Of server-side apply: fields of others are taken over. */
  readonly force: boolean;
}

type Kind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

/** As long as the name of a manager may be (apimachinery: FieldManagerMaxLength). */
const MANAGER_LENGTH = 128;
const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;

/** Throws Invalid with Kubernetes' words (apimachinery: pkg/apis/meta/v1/validation). `isApply` is for server-side apply. */
export function readWriteOptions({ query, headers }: ApiRequest, kind: Kind, isApply = false): WriteOptions {
  const asked = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation') ?? '';
  const causes = [
    ...dryRunCauses(query.getAll('dryRun')),
    ...managerCauses(asked, isApply),
    ...(query.has('force') && !isApply && kind === 'PatchOptions'
      ? [forbiddenField('force', 'may not be specified for non-apply patch')]
      : []),
  ];
  const known = validation === '' ? 'Warn' : VALIDATIONS.find((each) => each === validation);
  if (known === undefined || causes.length > 0) {
    const unknown = known === undefined ? [unsupportedValue('fieldValidation', validation, VALIDATIONS)] : [];
    throw invalid({ kind, group: 'meta.k8s.io' }, '', [...causes, ...unknown]);
  }
  return {
    dryRun: isDryRun(query.getAll('dryRun')),
    manager: asked === '' ? managerOf(headers['user-agent'] ?? '') : asked,
    validation: known,
    force: /^(true|1)$/i.test(query.get('force') ?? ''),
  };
}

/** Throws Invalid. */
export function readDryRun(values: readonly string[]): boolean {
  const causes = dryRunCauses(values);
  if (causes.length > 0) throw invalid({ kind: 'DeleteOptions', group: 'meta.k8s.io' }, '', causes);
  return isDryRun(values);
}

function isDryRun(values: readonly string[]): boolean {
  return values.includes('All');
}

function dryRunCauses(values: readonly string[]): readonly Required<StatusCause>[] {
  const unknown = values.find((value) => value !== 'All' && value !== '');
  return unknown === undefined ? [] : [unsupportedValue('dryRun', unknown, ['All'])];
}

function managerCauses(manager: string, isApply: boolean): readonly Required<StatusCause>[] {
  if (manager === '' && isApply) return [requiredField('fieldManager', 'is required for apply patch')];
  if (manager.length > MANAGER_LENGTH)
    return [invalidField('fieldManager', manager, `may not be more than ${MANAGER_LENGTH} bytes`)];
  return /^[^\p{C}]*$/u.test(manager)
    ? []
    : [invalidField('fieldManager', manager, 'should only contain printable characters')];
}

/** The first part of the agent's name: `kubectl` of `kubectl/v1.36.4 (linux/amd64)` (apiserver: prefixFromUserAgent). */
function managerOf(userAgent: string): string {
  const [name = ''] = userAgent.split('/', 1);
  const printable = name.replace(/\p{C}/gu, '').slice(0, MANAGER_LENGTH);
  return printable === '' ? 'unknown' : printable;
}

/** Strict decoding's words (apimachinery: strictDecodingError). */
export function strictDecodingError(errors: readonly string[]): string {
  return `strict decoding error: ${errors.join(', ')}`;
}

export function badRequest(message: string): ApiFailure {
  return new ApiFailure('BadRequest', message);
}
