import { createHash, createPrivateKey, webcrypto } from 'node:crypto';
import type { Names } from './names.ts';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertifyRequest {
  readonly nowMs: number;
  readonly nodeName: string;
  readonly names: Names;
  /** Who signs; without one a new authority is made. */
  readonly authority?: KeyPair;
}

export interface Certified {
  readonly authority: KeyPair;
  readonly server: KeyPair;
}

/** Makes a server certificate, and an authority where none is given. */
export type Certify = (request: CertifyRequest) => Promise<Certified>;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
const AUTHORITY_MS = 3_652 * DAY_MS;
const SERVER_MS = 365 * DAY_MS;
/** Clocks of clients may be behind. */
const BACKDATED_MS = DAY_MS;

/** ECDSA over P-256; the authority lives ten years, the server's certificate one, or as long as its authority. */
export const certify: Certify = async (request) => {
  const signer =
    request.authority === undefined ? await newAuthority(request) : await opened(request.authority);
  const server = await newServer(request, signer);
  return { authority: signer.pair, server };
};

interface Signer {
  readonly pair: KeyPair;
  readonly key: webcrypto.CryptoKey;
}

/** The package takes 15 MB: it is loaded only where a certificate is made. */
async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

async function newAuthority({ nowMs, nodeName }: CertifyRequest): Promise<Signer> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(nowMs, nowMs + AUTHORITY_MS),
    // As an object: a name must not be able to say more than a name.
    name: [{ CN: [`tinylet-ca@${nodeName}`.slice(0, 64)] }],
    serialNumber: await serialOf(keys.publicKey),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    pair: { certificate: pemOf(certificate), key: await exportKey(keys.privateKey) },
    key: keys.privateKey,
  };
}

async function newServer({ nowMs, nodeName, names }: CertifyRequest, signer: Signer): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const authority = new x509.X509Certificate(signer.pair.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(nowMs, Math.min(nowMs + SERVER_MS, authority.notAfter.getTime())),
    subject: [{ CN: [nodeName.slice(0, 64)] }],
    issuer: authority.subjectName,
    serialNumber: await serialOf(keys.publicKey),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await exportKey(keys.privateKey) };
}

async function opened(pair: KeyPair): Promise<Signer> {
  const der = createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'der' });
  return { pair, key: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

function validity(nowMs: number, untilMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(untilMs) };
}

/** No two certificates of ours have a key in common. Sixteen bytes, and positive (RFC 5280 section 4.1.2.2). */
async function serialOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('spki', key));
  const digest = createHash('sha256').update(der).digest();
  digest.writeUInt8((digest.readUInt8(0) & 0x7f) | 0x40, 0);
  return digest.subarray(0, 16).toString('hex');
}

function pemOf(certificate: { toString(format: 'pem'): string }): string {
  return `${certificate.toString('pem').trim()}\n`;
}
