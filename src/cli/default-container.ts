import { type JsonObject, listAt, objectAt, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { escapeControl } from './escape-control.ts';
import { podPath } from './pod-path.ts';
import type { PodName, Program } from './program.ts';

export interface ContainerChoice {
  readonly pod: PodName;
  /** The one that was asked for. */
  readonly container: string | undefined;
}

/**
 * Does something with a container. Where none was named and the API refuses to choose, it is done with the first one, and stderr says so,
 * as kubectl has it: what kubectl chooses by itself here only costs a question more where there is a choice.
 */
export async function withContainer<T>(
  program: Program,
  client: NodeClient,
  { pod, container }: ContainerChoice,
  act: (container: string | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await act(container);
  } catch (error) {
    const mayChoose = container === undefined && error instanceof TinyletError && error.facts.code === 400;
    if (!mayChoose) throw error;
    const object = await askApi(client, { path: podPath(pod) });
    const chosen = firstContainer(object);
    if (chosen === undefined) throw error;
    program.err(escapeControl(defaultedLine(object, chosen)).concat('\n'));
    return await act(chosen);
  }
}

/** Of a pod's own containers; undefined where there is no other than that. */
function firstContainer(pod: JsonObject): string | undefined {
  const [first, ...others] = listAt(objectAt(pod, 'spec'), 'containers');
  return others.length === 0 ? undefined : textAt(first, 'name');
}

/** kubectl: pkg/cmd/util/podcmd, FindOrDefaultContainerByName. */
function defaultedLine(pod: JsonObject, chosen: string): string {
  const spec = objectAt(pod, 'spec');
  const named = (list: string, mark = ''): readonly string[] =>
    listAt(spec, list).map((container) => `${textAt(container, 'name')}${mark}`);
  const all = [
    ...named('containers'),
    ...named('ephemeralContainers', ' (ephem)'),
    ...named('initContainers', ' (init)'),
  ];
  return `Defaulted container ${JSON.stringify(chosen)} out of: ${all.join(', ')}`;
}
