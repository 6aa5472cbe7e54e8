import { type JsonObject, type JsonValue, listAt, objectAt, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { nearMiss } from './near-miss.ts';

/** A kind of object, as the API's discovery tells of it. */
export interface ApiKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `pods`. */
  readonly name: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** `all`. */
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What the daemon serves. Rejects with DAEMON_UNREACHABLE. */
export async function loadKinds(client: NodeClient): Promise<ApiKinds> {
  const [core, groups] = await Promise.all(
    ['/api', '/apis'].map((path) => askApi(client, { path, accept: AGGREGATED })),
  );
  return new ApiKinds([...kindsIn(core), ...kindsIn(groups)]);
}

export class ApiKinds {
  /** Those of which there are objects, the core group's first. */
  readonly all: readonly ApiKind[];

  constructor(all: readonly ApiKind[]) {
    this.all = all.filter(({ verbs }) => verbs.includes('get'));
  }

  /** What a word means: `pods`, `pod`, `po`, `runtimeclasses.node.k8s.io`; a category like `all` means several. Throws USAGE. */
  ofWord(word: string): readonly ApiKind[] {
    const wanted = word.toLowerCase();
    const kind = this.all.find((each) => wordsOf(each).includes(wanted));
    if (kind !== undefined) return [kind];
    const several = this.all.filter(({ categories }) => categories.includes(wanted));
    if (several.length > 0) return several;
    const guess = nearMiss(wanted, this.all.flatMap(wordsOf));
    const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
    throw new TinyletError('USAGE', `the server doesn't have a resource type ${JSON.stringify(word)}${hint}`);
  }

  /** The kind of an object that somebody wrote. Throws USAGE. */
  ofObject(object: JsonObject): ApiKind {
    const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')];
    const known = this.all.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion);
    if (known !== undefined) return known;
    throw new TinyletError('USAGE', `no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

/** `pod`, `runtimeclass.node.k8s.io`: as kubectl names one object of a kind. */
export function nameOfKind({ singular, group }: ApiKind): string {
  return group === '' ? singular : `${singular}.${group}`;
}

export interface ObjectPlace {
  /** Undefined for those of all namespaces. */
  readonly namespace?: string | undefined;
  /** Undefined for all there are. */
  readonly name?: string | undefined;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** Where the API has an object, or several. */
export function pathOf(kind: ApiKind, { namespace, name, query = {} }: ObjectPlace): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const within = kind.namespaced && namespace !== undefined ? `/namespaces/${encode(namespace)}` : '';
  const one = name === undefined ? '' : `/${encode(name)}`;
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encode(value)}`],
  );
  return `${root}${within}/${kind.name}${one}${given.length === 0 ? '' : `?${given.join('&')}`}`;
}

/** Nor may a name lead to another path. */
function encode(text: string): string {
  return text === '.' || text === '..' ? text.replaceAll('.', '%2E') : encodeURIComponent(text);
}

function wordsOf({ name, singular, shortNames, group, version, kind }: ApiKind): readonly string[] {
  const full = [name, ...(singular === '' ? [] : [singular])];
  // Figures of metrics.k8s.io have the names of what they are of, and only their full ones mean them.
  const short = group === 'metrics.k8s.io' ? [] : [...full, ...shortNames, kind.toLowerCase()];
  const suffixes = group === '' ? [`.${version}.`] : [`.${group}`, `.${version}.${group}`];
  return [...short, ...suffixes.flatMap((suffix) => full.map((each) => each + suffix))];
}

function apiVersionOf({ group, version }: ApiKind): string {
  return group === '' ? version : `${group}/${version}`;
}

function kindsIn(discovery: JsonObject | undefined): readonly ApiKind[] {
  return listAt(discovery, 'items').flatMap((group) =>
    listAt(group, 'versions').flatMap((version) => listAt(version, 'resources').map(kindOf)),
  );
}

function kindOf(resource: JsonValue): ApiKind {
  const { group, version, kind } = objectAt(resource, 'responseKind');
  const texts = (field: string): readonly string[] => listAt(resource, field).map(String);
  return {
    group: String(group ?? ''),
    version: String(version ?? ''),
    kind: String(kind ?? ''),
    name: textAt(resource, 'resource'),
    singular: textAt(resource, 'singularResource'),
    shortNames: texts('shortNames'),
    categories: texts('categories'),
    namespaced: textAt(resource, 'scope') === 'Namespaced',
    verbs: texts('verbs'),
  };
}
