import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import { askApi, type NodeClient } from '../../client/index.ts';
import type { Candidate, Names } from './candidates.ts';

/** Where kinds are told of. */
const GROUPS = ['/api/v1', '/apis/node.k8s.io/v1'];
/** Names are enough; a server that has no such form answers whole objects, which have them, too. */
const NAMES_ALONE = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

interface Kind {
  readonly plural: string;
  readonly words: readonly string[];
  readonly namespaced: boolean;
  readonly group: string;
  readonly kind: string;
}

/** Names from the daemon, until `signal` says that it takes too long. The client is made when the daemon is asked something. */
export function daemonNames(client: () => NodeClient, signal: AbortSignal): Names {
  const get = async (path: string, accept?: string): Promise<JsonObject> =>
    askApi(client(), { path, signal, ...(accept !== undefined && { accept }) });
  const kinds = async (): Promise<readonly Kind[]> => {
    const lists = await Promise.all(GROUPS.map(async (group) => kindsOf(group, await get(group))));
    return lists.flat();
  };
  const metadata = async (word: string, namespace: string | undefined): Promise<readonly JsonObject[]> => {
    const kind = (await kinds()).find(({ words }) => words.includes(word.toLowerCase()));
    if (kind === undefined) return [];
    const within =
      kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    const list = await get(`${kind.group}${within}/${kind.plural}`, NAMES_ALONE);
    return objectsAt(list, 'items').map((item) => objectAt(item, 'metadata') ?? {});
  };
  const objects = async (word: string, namespace: string | undefined): Promise<readonly Candidate[]> =>
    (await metadata(word, namespace)).map((each) => ({ word: textAt(each, 'name') }));
  return {
    objects,
    kinds: async () => (await kinds()).map(({ plural, kind }) => ({ word: plural, help: kind })),
    namespaces: () => objects('namespaces', undefined),
    async podsAnywhere() {
      const all = await metadata('pods', undefined);
      return all.map((each) => ({ word: `${textAt(each, 'namespace')}/${textAt(each, 'name')}` }));
    },
    async containers(pod, namespace) {
      const [name = '', within = namespace] = pod
        .replace(/^pods?\//, '')
        .split('/')
        .reverse();
      const found = await get(
        `/api/v1/namespaces/${encodeURIComponent(within)}/pods/${encodeURIComponent(name)}`,
      );
      const spec = objectAt(found, 'spec') ?? {};
      return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((member) =>
        objectsAt(spec, member).map((each) => ({ word: textAt(each, 'name') })),
      );
    },
  };
}

/** Without those that stand below another, as pods/log does. */
function kindsOf(group: string, list: JsonObject): readonly Kind[] {
  return objectsAt(list, 'resources').flatMap((resource) => {
    const plural = textAt(resource, 'name');
    if (plural.includes('/')) return [];
    const short = listAt(resource, 'shortNames').filter((word) => typeof word === 'string');
    const words = [plural, textAt(resource, 'singularName'), ...short];
    return [
      { plural, words, namespaced: resource.namespaced === true, group, kind: textAt(resource, 'kind') },
    ];
  });
}

function objectsAt(value: JsonObject, name: string): readonly JsonObject[] {
  return listAt(value, name).filter(isJsonObject);
}
