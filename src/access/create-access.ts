import { join } from 'node:path';
import { type Clock, type Logger, type Secrets, systemSecrets } from '../base/index.ts';
import type { Certify } from './certify.ts';
import { certifyApart } from './certify-apart.ts';
import { keepCertificates } from './keep-certificates.ts';
import { keepKubeconfig } from './kubeconfig.ts';
import { namesOf } from './names.ts';
import { keepToken } from './token.ts';

export interface AccessOptions {
  readonly rootDir: string;
  /** What is listened on: an address, or a name. */
  readonly host: string;
  readonly nodeName: string;
  /** Further names and addresses the node is reached by. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** How certificates are made; in a process of its own, if absent. */
  readonly certify?: Certify;
  /** Where the token comes from; the machine, if absent. */
  readonly secrets?: Secrets;
}

export interface Credentials {
  /** Of the server, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly token: string;
  readonly names: readonly string[];
}

export interface Access {
  /** What lies in `<rootDir>/api`, made or replaced where it will not do. Rejects where that fails. */
  credentials(): Promise<Credentials>;
  /** Writes `<rootDir>/kubeconfig` for that port, with what `credentials` answered last. */
  serving(port: number): Promise<void>;
}

/** Who may use the API of the node over TCP, and how. */
export function createAccess(options: AccessOptions): Access {
  const { rootDir, host, nodeName, clock, logger, certify = certifyApart, secrets = systemSecrets } = options;
  const names = namesOf({ host, nodeName, extra: options.names });
  const directory = join(rootDir, 'api');
  let last: { readonly authority: string; readonly token: string } | undefined;
  return {
    async credentials() {
      const token = await keepToken(join(directory, 'token'), logger, secrets);
      const keeping = { directory, nodeName, names, clock, logger, certify };
      const { authority, server } = await keepCertificates(keeping);
      last = { authority, token };
      return { ...server, token, names: [...names.dns, ...names.addresses] };
    },
    async serving(port) {
      if (last !== undefined) await keepKubeconfig(rootDir, { host, port, ...last });
    },
  };
}
