/** What Kubernetes asks of paths (core/validation: validateLocalDescendingPath and its neighbours), in its words; empty means valid. */

/** No step upwards. */
export function backstepErrors(path: string): string[] {
  return path.split('/').includes('..') ? ["must not contain '..'"] : [];
}

/** A path below some directory, e.g. a subPath or a profile. */
export function relativePathErrors(path: string): string[] {
  return [...(path.startsWith('/') ? ['must be a relative path'] : []), ...backstepErrors(path)];
}

/** A path of a file in a volume: names that begin with `..` are those by which whole versions are swapped. */
export function filePathErrors(path: string): string[] {
  const reserved = path.startsWith('..') && !path.startsWith('../') && path !== '..';
  return [...relativePathErrors(path), ...(reserved ? ["must not start with '..'"] : [])];
}
