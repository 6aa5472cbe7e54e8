import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { TinyletError, writeFileAtomic } from '../base/index.ts';
import { readPrivateFile } from './private-file.ts';

export interface KubeconfigFacts {
  /** Where the API listens. */
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly authority: string;
  readonly token: string;
}

/** A kubeconfig (client-go: tools/clientcmd/api/v1) with one cluster, one user and one context. */
export function renderKubeconfig({ host, port, authority, token }: KubeconfigFacts): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: tinylet
    cluster:
      certificate-authority-data: ${Buffer.from(authority).toString('base64')}
      server: https://${reachable(host)}:${port}
users:
  - name: tinylet
    user:
      token: ${JSON.stringify(token)}
contexts:
  - name: tinylet
    context:
      cluster: tinylet
      user: tinylet
current-context: tinylet
`;
}

/** Whoever listens on every address does so on the machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

/** Writes `<rootDir>/kubeconfig`, unless it says the same already and nobody else may read it. */
export async function keepKubeconfig(rootDir: string, facts: KubeconfigFacts): Promise<void> {
  const [path, content] = [kubeconfigPath(rootDir), renderKubeconfig(facts)];
  const found = await readPrivateFile(path, { secret: true });
  if (found.state === 'read' && found.text === content) return;
  await writeFileAtomic(path, content);
}

/** What the daemon wrote. Throws STATE_IO where there is none that could be used. */
export async function readKubeconfig(rootDir: string): Promise<string> {
  const path = kubeconfigPath(rootDir);
  const found = await readPrivateFile(path, { secret: false });
  if (found.state === 'read') return found.text;
  const why =
    found.state === 'refused'
      ? `${path} ${found.why}`
      : `there is no ${path}: a daemon writes it when it serves the API over TCP (--api-addr)`;
  throw new TinyletError('STATE_IO', why);
}

function kubeconfigPath(rootDir: string): string {
  return join(rootDir, 'kubeconfig');
}
