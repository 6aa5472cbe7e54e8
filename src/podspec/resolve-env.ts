import { expandEnv, type PodFacts, type UsedObjects } from '../pod/index.ts';
import type { Subject } from './subject.ts';

/** What variables may come from beside the pod itself. */
export interface EnvSources {
  readonly uses: UsedObjects;
  /** Texts of the files of `envFilesOf`, by `<volume>/<path>`; undefined where there is no such file. */
  readonly envFiles: ReadonlyMap<string, string | undefined>;
}

export type ResolvedEnv = { readonly variables: ReadonlyMap<string, string> } | { readonly problem: string };

export function resolveEnv(subject: Subject, _facts: PodFacts, _sources: EnvSources): ResolvedEnv {
  return { variables: expandEnv(subject.container.env) };
}
