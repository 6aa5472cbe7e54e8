import { createHash } from 'node:crypto';
import type { AuthConfig } from '../cri/index.ts';
import { type DockerConfig, parseDockerConfig, parseDockercfg } from './docker-config.ts';
import { matchingCredentials } from './keyring.ts';
import type { PullSecret } from './pull-secret.ts';
import type { Repository } from './reference.ts';

/** What an image may be pulled with, in the order to try it. */
export interface Credentials {
  readonly candidates: readonly AuthConfig[];
  /** Why others could not be considered; repeats nothing of them. */
  readonly problems: readonly string[];
}

/** Those of a pod's own secrets that are for the image. What is wrong with a secret costs that secret alone. */
export function secretCredentials(secrets: readonly PullSecret[], image: Repository): Credentials {
  const configs = secrets.map((secret) => {
    const { entries, problem } = 'problem' in secret ? { ...secret, entries: [] } : parse(secret);
    return { entries, problem: problem === undefined ? [] : [`pull secret "${secret.name}": ${problem}`] };
  });
  return {
    candidates: matchingCredentials(
      configs.flatMap(({ entries }) => entries),
      image,
    ),
    problems: configs.flatMap(({ problem }) => problem),
  };
}

function parse({ type, text }: Extract<PullSecret, { text: string }>): DockerConfig {
  return type === 'kubernetes.io/dockercfg' ? parseDockercfg(text) : parseDockerConfig(text);
}

/** Equal for equal credentials, and of no use to who reads it. */
export function digestOf(candidates: readonly AuthConfig[]): string {
  return createHash('sha256').update(JSON.stringify(candidates)).digest('hex');
}

/** Shorter ones would be told by the places where they are missing. */
const SHORTEST_HIDDEN = 4;

/** A text from elsewhere without the secrets that it might repeat, as they are or as they travel. */
export function withoutSecrets(text: string, candidates: readonly AuthConfig[]): string {
  const secrets = candidates.flatMap(({ username = '', password = '', identity_token, registry_token }) => {
    const pair = Buffer.from(`${username}:${password}`).toString('base64');
    return [password, identity_token ?? '', registry_token ?? '', pair];
  });
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return forms
    .filter((form) => form.length >= SHORTEST_HIDDEN)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, '***'), text);
}
