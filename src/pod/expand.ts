const REFERENCE = /\$(?:\$|\(([^)]*)\))/g;

/**
 * Kubernetes' `$(NAME)` (kubelet: third_party/forked/golang/expansion): a defined name becomes its value, an undefined one stays as
 * it is written, `$$` is a dollar, and any other dollar is itself. One pass: what was put in is not expanded again.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  );
}

/** The names a text refers to, each once, defined or not. */
export function namesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(REFERENCE)].flatMap(([, name]) => (name === undefined ? [] : [name])));
}
