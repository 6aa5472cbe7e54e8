import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadTypes, openApiV3 } from '../../apimachinery/index.ts';
import { type GroupVersion, groupVersionsOf, type ListedResource } from '../discovery/listed-resource.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import { apiVersionOf } from '../resource.ts';
import type { Route } from '../route.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export interface OpenApiOptions {
  readonly resources: readonly ListedResource[];
  readonly gitVersion: string;
  readonly nowMs: () => number;
}

/** A document as it is kept: it is seldom asked for, and a tenth of its size when it is compressed. */
interface Packed {
  readonly gzip: Uint8Array;
  readonly hash: string;
}

/** OpenAPI as kubectl wants it before apply, create and explain; the documents are made when they are first asked for. */
export function openApiRoutes(options: OpenApiOptions): readonly Route[] {
  const documents = groupVersionsOf(options.resources).map((each) => ({
    path: `${each.group === '' ? 'api' : 'apis'}/${apiVersionOf(each)}`,
    packed: once(() => pack(each, options.gitVersion)),
  }));
  const index = async (): Promise<ApiResponse> => {
    const entries = documents.map(async ({ path, packed }) => {
      const { hash } = await packed();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
    });
    return jsonResponse(200, { paths: Object.fromEntries(await Promise.all(entries)) });
  };
  return [
    { path: '/openapi/v2', methods: ['GET'], handle: openApiV2 },
    { path: '/openapi/v3', methods: ['GET'], handle: index },
    ...documents.map(({ path, packed }) => ({
      path: `/openapi/v3/${path}`,
      methods: ['GET'],
      handle: async (request: ApiRequest) => answer(request, await packed(), options.nowMs()),
    })),
  ];
}

/** Old clients take a document without a word for leave to send everything; said in JSON they would not read it. */
function openApiV2({ headers }: ApiRequest): ApiResponse {
  if (headers.accept?.includes('proto-openapi') !== true)
    return jsonResponse(200, { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1' }, paths: {} });
  return { status: 200, headers: { 'content-type': OPENAPI_V2_PROTOBUF }, body: new Uint8Array() };
}

async function pack({ group, version, resources }: GroupVersion, gitVersion: string): Promise<Packed> {
  const document = JSON.stringify(openApiV3({ group, version, resources, gitVersion }, await loadTypes()));
  const hash = createHash('sha512').update(document).digest('hex').toUpperCase();
  return { gzip: gzipSync(document), hash };
}

/** As the document's name has its hash in it, it may be kept for good (kube-openapi: pkg/handler3). */
function answer({ headers, query }: ApiRequest, { gzip, hash }: Packed, nowMs: number): ApiResponse {
  const etag = `"${hash}"`;
  const lasting = {
    'cache-control': 'public, immutable',
    expires: new Date(nowMs + YEAR_MS).toUTCString(),
  };
  const common = { etag, vary: 'Accept, Accept-Encoding', ...(query.get('hash') === hash ? lasting : {}) };
  if (headers['if-none-match'] === etag) return { status: 304, headers: common, body: '' };
  const isPacked = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...common,
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    },
    body: isPacked ? gzip : gunzipSync(gzip),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
