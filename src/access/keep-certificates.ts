import { join } from 'node:path';
import { type Clock, type Logger, writeFileAtomic } from '../base/index.ts';
import { authorityProblem, type Problem, serverProblem, signingProblem } from './certificate-problem.ts';
import type { Certified, Certify, KeyPair } from './certify.ts';
import type { Names } from './names.ts';
import { readPrivateFile } from './private-file.ts';

export interface CertificateKeeping {
  /** Holds ca.crt, ca.key, server.crt and server.key. */
  readonly directory: string;
  readonly nodeName: string;
  readonly names: Names;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly certify: Certify;
}

/** The authority's certificate, and the server's with its key, PEM. */
export interface Certificates {
  readonly authority: string;
  readonly server: KeyPair;
}

/** The certificates in the directory, and new ones where they will not do. Throws where they cannot be made or written. */
export async function keepCertificates(keeping: CertificateKeeping): Promise<Certificates> {
  const { directory, clock, names } = keeping;
  const nowMs = clock.nowMs();
  const files = { ...keeping, nowMs };
  const authority = await readPem(files, 'ca.crt', (text) => authorityProblem(text, nowMs));
  if (authority !== undefined) {
    const key = await readPem(files, 'server.key', () => undefined);
    const certificate = await readPem(files, 'server.crt', (text) =>
      key === undefined
        ? { why: 'has no key', aged: false }
        : serverProblem({ certificate: text, key }, { authority, names, nowMs }),
    );
    if (key !== undefined && certificate !== undefined) return { authority, server: { certificate, key } };
  }
  const made = await make(files, authority);
  await write(directory, made);
  keeping.logger.info({ directory, names: [...names.dns, ...names.addresses] }, 'certificates are made');
  return { authority: made.authority.certificate, server: made.server };
}

type Files = CertificateKeeping & { readonly nowMs: number };

/** With the authority that is there, where its key is, too. */
async function make(files: Files, certificate: string | undefined): Promise<Certified> {
  const { nodeName, names, nowMs } = files;
  const request = { nodeName, names, nowMs };
  if (certificate === undefined) return files.certify(request);
  const key = await readPem(files, 'ca.key', (text) => signingProblem({ certificate, key: text }));
  return files.certify(key === undefined ? request : { ...request, authority: { certificate, key } });
}

/** Undefined where the file is not there or will not do, which is told. */
async function readPem(
  { directory, logger }: Files,
  name: string,
  look: (text: string) => Problem,
): Promise<string | undefined> {
  const path = join(directory, name);
  const found = await readPrivateFile(path, { secret: name.endsWith('.key') });
  if (found.state === 'absent') return undefined;
  const problem = found.state === 'refused' ? { why: found.why, aged: false } : look(found.text);
  if (problem === undefined && found.state === 'read') return found.text;
  const facts = { file: path, err: problem?.why };
  if (problem?.aged) logger.info(facts, 'certificate is renewed');
  else logger.warn(facts, 'file is replaced');
  return undefined;
}

/** Keys first: what a crash leaves half done does not fit together and is made anew. */
async function write(directory: string, { authority, server }: Certified): Promise<void> {
  await writeFileAtomic(join(directory, 'ca.key'), authority.key);
  await writeFileAtomic(join(directory, 'ca.crt'), authority.certificate);
  await writeFileAtomic(join(directory, 'server.key'), server.key);
  await writeFileAtomic(join(directory, 'server.crt'), server.certificate);
}
