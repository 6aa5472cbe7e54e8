export interface ClaimDirectory {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** The claims that have a directory, in order of namespace and name. */
export async function listClaims(rootDir: string): Promise<readonly ClaimDirectory[]> {
  throw new Error(`not written yet: ${rootDir}`);
}

/** Deletes what a claim holds; false where there is none. Only for an explicit command, while no pod uses it. */
export async function deleteClaim(rootDir: string, namespace: string, name: string): Promise<boolean> {
  throw new Error(`not written yet: ${rootDir} ${namespace} ${name}`);
}
