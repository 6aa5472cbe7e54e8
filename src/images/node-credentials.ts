import { ChangingFile, type Clock, type Logger, messageOf } from '../base/index.ts';
import { askDockerCredential } from './ask-docker-credential.ts';
import type { Credentials } from './credentials.ts';
import { type DockerConfig, parseDockerConfig } from './docker-config.ts';
import { matchingCredentials } from './keyring.ts';
import type { Repository } from './reference.ts';

/** Registry credentials for every pod of this machine. */
export interface NodeCredentials {
  /** Those that are for an image, in the order to try them. Never rejects: what cannot be read is a problem in the answer. */
  credentialsFor(image: Repository): Promise<Credentials>;
}

export interface NodeCredentialsOptions {
  /** A config.json as docker keeps it; without one there are no credentials. */
  readonly file?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_FILE_BYTES = 2 ** 20;
const HUB_ADDRESS = 'https://index.docker.io/v1/';

/** Reads the file when it is first needed and whenever it has changed; what a helper keeps is asked for at every pull. */
export function createNodeCredentials({ file, clock, logger }: NodeCredentialsOptions): NodeCredentials {
  if (file === undefined) return { credentialsFor: async () => ({ candidates: [], problems: [] }) };
  const config = new ChangingFile(file, {
    maxBytes: MAX_FILE_BYTES,
    parse(text): DockerConfig {
      const read = text === undefined ? missing : parseDockerConfig(text);
      if (read.problem !== undefined)
        logger.warn({ file, err: read.problem }, 'registry credentials are not usable');
      return read;
    },
  });
  return {
    async credentialsFor(image) {
      const { entries, problem, ...helpers } = await config.read().catch(unreadable);
      const problems = problem === undefined ? [] : [`${file}: ${problem}`];
      const kept = await fromHelper(helpers, image, clock).catch((error: unknown) => {
        logger.warn({ file, registry: image.host, err: messageOf(error) }, 'credential helper failed');
        problems.push(messageOf(error));
        return [];
      });
      return { candidates: [...kept, ...matchingCredentials(entries, image)], problems };
    },
  };
}

const missing: DockerConfig = { entries: [], helpers: new Map(), problem: 'there is no such file' };

function unreadable(error: unknown): DockerConfig {
  return { ...missing, problem: messageOf(error) };
}

/** The registry's own helper, else the one for all. Docker knows its own registry by an address. */
async function fromHelper(
  { helpers, defaultHelper }: Pick<DockerConfig, 'helpers' | 'defaultHelper'>,
  { host }: Repository,
  clock: Clock,
): Promise<Credentials['candidates']> {
  const names = host === 'docker.io' ? [HUB_ADDRESS, 'index.docker.io', host] : [host];
  const helper = names.map((name) => helpers.get(name)).find((name) => name !== undefined) ?? defaultHelper;
  if (helper === undefined) return [];
  const auth = await askDockerCredential(helper, names[0] ?? host, clock);
  return auth === undefined ? [] : [auth];
}
