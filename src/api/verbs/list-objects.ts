import { ApiFailure } from '../../apimachinery/index.ts';
import { negotiateForm } from '../accept.ts';
import { shapeList } from '../form.ts';
import { type ApiRequest, type ApiResponse, jsonResponse, jsonTextResponse } from '../message.ts';
import { listText } from '../object-text.ts';
import { failureStatus } from '../status-error.ts';
import { type ListOptions, readListOptions } from './list-options.ts';
import {
  anyVersionFrom,
  type ChosenList,
  type ListPage,
  type ListPages,
  type ListPlace,
  readToken,
} from './list-pages.ts';
import { selectionOf } from './selection.ts';
import { refuseTooNew } from './too-new.ts';
import type { VerbContext } from './verb.ts';

/** GET of all objects, of one namespace where the path names it; in parts, where a client asks for that. */
export function listObjects(context: VerbContext, request: ApiRequest, pages: ListPages): ApiResponse {
  const { resource, ports } = context;
  const { query, headers } = request;
  const form = negotiateForm(headers.accept, query);
  const chosen = chooserOf(context, request);
  const options = readListOptions(query, false);
  const page =
    options.token === ''
      ? pages.begin(nameOf(request), whole(chosen(), options), limitOf(options))
      : resume(options, (place) => pages.resume(nameOf(request), place, limitOf(options), chosen));
  if ('expired' in page) return page.expired;
  const { items, version, next } = page;
  const metadata = {
    resourceVersion: String(version),
    ...(next && { continue: next.token }),
    // Of a selection Kubernetes does not know it.
    ...(next && !isSelected(query) && { remainingItemCount: next.remaining }),
  };
  const shaping = { resource, nowMs: ports.clock.nowMs() };
  if (form.as !== 'Object') return jsonResponse(200, shapeList(items, metadata, form, shaping));
  return jsonTextResponse(200, listText(shapeList([], metadata, form, shaping), items));
}

function chooserOf({ resource, ports }: VerbContext, { query, params }: ApiRequest): () => ChosenList {
  const isChosen = selectionOf(resource, query);
  return () => {
    const { items, version } = ports.objects.list(resource.name, params.namespace);
    return { items: items.filter(isChosen), version };
  };
}

function whole(list: ChosenList, asked: ListOptions): ChosenList {
  refuseTooNew(asked.version, list.version);
  if (asked.isExact && asked.version !== list.version)
    throw new ApiFailure('Expired', 'The resourceVersion for the provided list is too old.');
  return list;
}

/** Who is content with any version has all at once (apiserver: shouldDelegateList in storage/cacher). */
function limitOf({ limit, version, token }: ListOptions): number {
  return version === 0 && token === '' ? 0 : limit;
}

function resume(
  { token, version }: ListOptions,
  next: (place: ListPlace) => ListPage | undefined,
): ListPage | { readonly expired: ApiResponse } {
  const place = readToken(token);
  if (place === undefined)
    throw new ApiFailure('BadRequest', 'continue key is not valid: it is none that this server gave');
  if (version !== undefined && version !== 0)
    throw new ApiFailure('BadRequest', 'specifying resource version is not allowed when using continue');
  return next(place) ?? { expired: expired(place) };
}

/** With a token that goes on all the same (apiserver: handleCompactedErrorForPaging in storage/etcd3). */
function expired(place: ListPlace): ApiResponse {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const status = failureStatus({ reason: 'Expired', message, details: {} });
  return jsonResponse(410, { ...status, metadata: { continue: anyVersionFrom(place) } });
}

/** What is listed, as far as it is for the client to say. */
function nameOf({ params, query }: ApiRequest): string {
  return JSON.stringify([params.namespace, query.get('labelSelector'), query.get('fieldSelector')]);
}

function isSelected(query: URLSearchParams): boolean {
  return (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
}
