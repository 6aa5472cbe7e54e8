/** `spec.containers` of `spec` and `containers`, as strict decoding writes paths. */
export function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** `spec.containers[0]`. */
export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`;
}
