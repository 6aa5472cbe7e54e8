import { type Logger, type Secrets, writeFileAtomic } from '../base/index.ts';
import { readPrivateFile } from './private-file.ts';

const TOKEN_BYTES = 32;
/** What fits into a header (RFC 6750 section 2.1) and is too long to be guessed. */
const USABLE = /^[A-Za-z0-9._~+/-]{32,1024}=*$/;

/** The token in the file; a new one of 256 bits where there is none, or one that will not do. Throws where it cannot be written. */
export async function keepToken(path: string, logger: Logger, secrets: Secrets): Promise<string> {
  const found = await readPrivateFile(path, { secret: true });
  if (found.state === 'read') {
    const token = found.text.trim();
    if (USABLE.test(token)) return token;
  }
  if (found.state !== 'absent') {
    const err = found.state === 'refused' ? found.why : 'is no token of 32 characters or more';
    logger.warn({ file: path, err }, 'token is replaced');
  }
  const token = Buffer.from(secrets(TOKEN_BYTES)).toString('base64url');
  await writeFileAtomic(path, `${token}\n`);
  return token;
}
