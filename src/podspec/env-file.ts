import type { Container, Pod } from '../pod/index.ts';

/** A file in an emptyDir that variables are read from. */
export interface EnvFile {
  readonly volume: string;
  readonly path: string;
}

/** The files a container's variables come from (env fileKeyRef), each once. */
export function envFilesOf(_pod: Pod, _container: Container): readonly EnvFile[] {
  return [];
}
