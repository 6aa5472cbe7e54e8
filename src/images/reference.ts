/**
 * An image reference as the distribution grammar has it: `[domain/]path[:tag][@digest]`. Kept to what decides here:
 * whether it is one at all, and which tag a pull asks for.
 */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const LONGEST_NAME = 255;

export interface ImageReference {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A repository of a registry. */
export interface Repository {
  /** With its port, if it has one. */
  readonly host: string;
  readonly path: string;
}

/** Undefined when `text` is no reference: the pod then waits with InvalidImageName. */
export function parseReference(text: string): ImageReference | undefined {
  const [rest = '', digest, ...more] = text.split('@');
  const colon = rest.lastIndexOf(':');
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined;
  const name = tag === undefined ? rest : rest.slice(0, colon);
  const valid =
    more.length === 0 &&
    isName(name) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!valid) return undefined;
  return { name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** What the runtime is asked for: `:latest` joins where neither tag nor digest is given (kubelet: applyDefaultImageTag). */
export function pullName(text: string): string | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  return reference.tag === undefined && reference.digest === undefined ? `${text}:latest` : text;
}

/** Where an image comes from: `app` is `library/app` on docker.io, as everywhere. Undefined when `text` is no reference. */
export function repositoryOf(text: string): Repository | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const { domain, path } = splitName(reference.name);
  if (domain !== undefined && domain !== 'docker.io' && domain !== 'index.docker.io')
    return { host: domain, path };
  return { host: 'docker.io', path: path.includes('/') ? path : `library/${path}` };
}

function isName(name: string): boolean {
  if (name.length === 0 || name.length > LONGEST_NAME) return false;
  const { domain, path } = splitName(name);
  if (domain !== undefined && !DOMAIN.test(domain)) return false;
  return path.split('/').every((component) => COMPONENT.test(component));
}

/** The first part is a domain if it looks like one. */
function splitName(name: string): { domain?: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return slash >= 0 && isDomain ? { domain: first, path: name.slice(slash + 1) } : { path: name };
}
