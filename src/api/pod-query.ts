import { dns1123LabelErrors, dns1123SubdomainErrors } from '../pod/index.ts';

/** The pod that `?pod=namespace/name` names. */
export type PodQuery =
  | { readonly namespace: string; readonly name: string }
  | { readonly problem: string }
  /** None is named. */
  | undefined;

export function readPodQuery(query: URLSearchParams): PodQuery {
  const text = query.get('pod');
  if (text === null) return undefined;
  const [namespace = '', name = '', ...rest] = text.split('/');
  const isName =
    rest.length === 0 &&
    dns1123LabelErrors(namespace).length === 0 &&
    dns1123SubdomainErrors(name).length === 0;
  return isName
    ? { namespace, name }
    : { problem: `pod must be namespace/name, not ${JSON.stringify(text)}` };
}
