import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf } from '../base/index.ts';
import type { KeyPair } from './certify.ts';
import type { Names } from './names.ts';

const RENEWED_BEFORE_MS = 30 * 24 * 3_600_000;

/** Why an authority will not do any more; undefined where it will. */
export function authorityProblem(certificate: string, nowMs: number): Problem {
  return problemOf(() => {
    const parsed = new X509Certificate(certificate);
    if (!parsed.ca || !parsed.verify(parsed.publicKey)) return broken('is no certificate authority');
    return validityProblem(parsed, nowMs);
  });
}

/** Why an authority cannot sign; undefined where it can. */
export function signingProblem({ certificate, key }: KeyPair): Problem {
  return problemOf(() => {
    const secret = createPrivateKey(key);
    if (secret.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return broken('has no key of P-256');
    if (!new X509Certificate(certificate).checkPrivateKey(secret)) return broken('has another key');
    return undefined;
  });
}

/** Why a server's certificate will not do any more; undefined where it will. */
export function serverProblem(
  { certificate, key }: KeyPair,
  { authority, names, nowMs }: { authority: string; names: Names; nowMs: number },
): Problem {
  return problemOf(() => {
    const [parsed, issuer] = [new X509Certificate(certificate), new X509Certificate(authority)];
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return broken('has another key');
    if (!parsed.checkIssued(issuer) || !parsed.verify(issuer.publicKey))
      return broken('is of another authority');
    return isFor(parsed, names) ? validityProblem(parsed, nowMs) : aged('is for other names');
  });
}

/** `aged`: what was right when it was made, and is replaced in the course of things. */
export type Problem = { readonly why: string; readonly aged: boolean } | undefined;

function validityProblem({ validFrom, validTo }: X509Certificate, nowMs: number): Problem {
  if (Date.parse(validFrom) > nowMs) return aged('is not valid yet');
  const leftMs = Date.parse(validTo) - nowMs;
  return leftMs > RENEWED_BEFORE_MS ? undefined : aged(leftMs > 0 ? 'ends soon' : 'has ended');
}

/** For all of the names, and for no others. */
function isFor(certificate: X509Certificate, { dns, addresses }: Names): boolean {
  const count = (certificate.subjectAltName ?? '').split(', ').length;
  return (
    count === dns.length + addresses.length &&
    dns.every((name) => certificate.checkHost(name, { subject: 'never' }) !== undefined) &&
    addresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

function problemOf(look: () => Problem): Problem {
  try {
    return look();
  } catch (error) {
    return broken(`cannot be read: ${messageOf(error)}`);
  }
}

function broken(why: string): Problem {
  return { why, aged: false };
}

function aged(why: string): Problem {
  return { why, aged: true };
}
