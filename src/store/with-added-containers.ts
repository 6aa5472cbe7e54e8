import { type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../base/index.ts';
import { type ManifestMessage, parseManifest } from '../manifest/index.ts';
import type { Pod } from '../pod/index.ts';

/** A pod with what was added to it, or all that is wrong with that. */
export type WithAdded =
  | { readonly state: 'valid'; readonly pod: Pod }
  | { readonly state: 'invalid'; readonly errors: readonly ManifestMessage[] };

/** A pod with as much as it can have of what was added to it. */
export interface Fitted {
  readonly pod: Pod;
  /** The very list where all of it fits. */
  readonly added: readonly JsonValue[];
  readonly refused: readonly { readonly container: string; readonly why: string }[];
}

/** What the file of a pod would say with more ephemeral containers in it. */
export function documentWith({ document = {} }: Pod, added: readonly JsonValue[]): JsonObject {
  const spec = objectAt(document, 'spec');
  const own = listAt(spec, 'ephemeralContainers');
  return { ...document, spec: { ...spec, ephemeralContainers: [...own, ...added] } };
}

/** The manifest reader judges the whole, as if it stood in the file. Nothing else of the pod becomes another. */
export function withAddedContainers(pod: Pod, added: readonly JsonValue[], file: string): WithAdded {
  const document = documentWith(pod, added);
  const read = parseManifest({ file, text: JSON.stringify(document) });
  if (read.state === 'refused') return { state: 'invalid', errors: read.errors };
  const [found] = read.objects;
  if (found?.kind !== 'Pod') return { state: 'invalid', errors: [] };
  const { ephemeralContainers = [] } = found.pod.spec;
  return { state: 'valid', pod: { ...pod, spec: { ...pod.spec, ephemeralContainers }, document } };
}

/** The file goes first: what does not go with it any more, by its name or by what it names, is left out. */
export function fittingContainers(pod: Pod, added: readonly JsonValue[], file: string): Fitted {
  const all = withAddedContainers(pod, added, file);
  if (all.state === 'valid') return { pod: all.pod, added, refused: [] };
  let fitted: Fitted = { pod, added: [], refused: [] };
  for (const container of added) {
    const more = [...fitted.added, container];
    const next = withAddedContainers(pod, more, file);
    if (next.state === 'valid') fitted = { ...fitted, pod: next.pod, added: more };
    else {
      const why = next.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
      fitted = { ...fitted, refused: [...fitted.refused, { container: textAt(container, 'name'), why }] };
    }
  }
  return fitted;
}
