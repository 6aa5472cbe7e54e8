import { ApiFailure, type StatusCause } from '../../apimachinery/index.ts';
import { forbiddenField, invalid, invalidField, unsupportedValue } from './failures.ts';

/** What a list or a watch asks for beside selectors (meta/v1 ListOptions). */
export interface ListOptions {
  /** Undefined where none is named. */
  readonly version: number | undefined;
  /** That very version is asked for, not one that is as new. */
  readonly isExact: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutMs: number | undefined;
  /** How many objects the client takes at once; 0 is all. */
  readonly limit: number;
  /** Where a list goes on; empty for its beginning. */
  readonly token: string;
}

/** Throws BadRequest or Invalid as Kubernetes does (apimachinery: ValidateListOptions in pkg/apis/meta/internalversion/validation). */
export function readListOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const sendInitialEvents = readBoolean(query, 'sendInitialEvents');
  const match = query.get('resourceVersionMatch') ?? '';
  const causes = isWatch ? watchCauses(match, sendInitialEvents) : listCauses(match, query);
  if (causes.length > 0) throw invalid({ kind: 'ListOptions', group: 'meta.k8s.io' }, '', causes);
  const timeoutSeconds = readWhole(query, 'timeoutSeconds');
  return {
    version: readVersion(query),
    isExact: match === 'Exact',
    sendInitialEvents,
    allowWatchBookmarks: readBoolean(query, 'allowWatchBookmarks') === true,
    timeoutMs: timeoutSeconds === undefined || timeoutSeconds === 0 ? undefined : timeoutSeconds * 1000,
    limit: Math.max(0, readWhole(query, 'limit') ?? 0),
    token: query.get('continue') ?? '',
  };
}

/** True for what a client that asks for `?watch` means. Throws BadRequest. */
export function isWatch(query: URLSearchParams): boolean {
  return readBoolean(query, 'watch') === true;
}

function watchCauses(
  match: string,
  sendInitialEvents: boolean | undefined,
): readonly Required<StatusCause>[] {
  const forbid = (why: string) => forbiddenField('resourceVersionMatch', why);
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    return [forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')];
  if (match === '') return [];
  if (sendInitialEvents === undefined)
    return [forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')];
  return [];
}

function listCauses(match: string, query: URLSearchParams): readonly Required<StatusCause>[] {
  const version = query.get('resourceVersion') ?? '';
  const forbid = (why: string) => forbiddenField('resourceVersionMatch', why);
  if (query.has('sendInitialEvents'))
    return [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  if (match === '') return [];
  if (version === '') return [forbid('resourceVersionMatch is forbidden unless resourceVersion is provided')];
  if ((query.get('continue') ?? '') !== '') return [forbid('resourceVersionMatch is forbidden for continue')];
  if (match !== 'Exact' && match !== 'NotOlderThan')
    return [unsupportedValue('resourceVersionMatch', match, ['Exact', 'NotOlderThan'])];
  return match === 'Exact' && version === '0'
    ? [forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')]
    : [];
}

function readVersion(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const cause = invalidField('resourceVersion', text, 'must be a whole number');
  throw invalid({ kind: 'ListOptions', group: 'meta.k8s.io' }, '', [cause]);
}

/** As Go's strconv has it, and `?watch` alone is yes (apimachinery: Convert_Slice_string_To_bool). */
function readBoolean(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return !/^(false|0)$/i.test(text);
}

/** Throws BadRequest. */
export function readWhole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new ApiFailure('BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}
