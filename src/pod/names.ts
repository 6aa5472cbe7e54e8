import { isIP } from 'node:net';

/**
 * Name rules of Kubernetes. Each check returns what is wrong, in Kubernetes' own words; an empty list means valid.
 * Anything that ends up in a host path must have passed one of them.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const SEARCH_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH = String.raw`${SEARCH_LABEL}(\.${SEARCH_LABEL})*`;
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;

const labelPattern = new RegExp(`^${LABEL}$`);
const qualifiedNamePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** A DNS-1123 label: names of containers and namespaces. */
export function dns1123LabelErrors(value: string): string[] {
  const errors = tooLong(value, 63);
  if (!labelPattern.test(value)) {
    errors.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
        `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
    );
  }
  return errors;
}

/** A DNS-1123 subdomain: names of pods. */
export function dns1123SubdomainErrors(value: string): string[] {
  const errors = tooLong(value, 253);
  if (!isSubdomain(value)) {
    errors.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
        `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  return errors;
}

/** A label or annotation key: an optional DNS prefix and `/`, then a name. */
export function qualifiedNameErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts[parts.length - 1] ?? '';
  return [...(parts.length === 2 ? prefixErrors(parts[0] ?? '') : []), ...namePartErrors(name)];
}

/** The value of a label; may be empty. */
export function labelValueErrors(value: string): string[] {
  const errors = tooLong(value, 63);
  if (value !== '' && !qualifiedNamePattern.test(value)) {
    errors.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
        `validation is '${LABEL_VALUE}')`,
    );
  }
  return errors;
}

/** The name of a port: an IANA service name. */
export function portNameErrors(value: string): string[] {
  const errors = tooLong(value, 15);
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** The name of an environment variable; the relaxed rule, in force by default since Kubernetes 1.32. */
export function envNameErrors(value: string): string[] {
  if (/^[ -<>-~]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. It names a file, so it can be no step to another directory. */
export function configKeyErrors(value: string): string[] {
  const errors = tooLong(value, 253);
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    errors.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
        "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (value === '.' || value === '..') errors.push(`must not be '${value}'`);
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

/** An address of version 4 or 6, without a zone. */
export function ipErrors(value: string): string[] {
  if (isIP(value) !== 0 && !value.includes('%')) return [];
  return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

/** A domain that the resolver searches: underscores are usual there, a dot at the end is allowed, and a lone dot is the root. */
export function dnsSearchErrors(value: string): string[] {
  const domain = value.replace(/\.$/, '');
  if (value === '.') return [];
  const errors = tooLong(domain, 253);
  if (!domain.split('.').every((part) => /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(part))) {
    errors.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must " +
        `start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SEARCH}')`,
    );
  }
  return errors;
}

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_NAME}')`;

function prefixErrors(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dns1123SubdomainErrors(prefix).map((error) => `prefix part ${error}`);
}

function namePartErrors(name: string): string[] {
  const errors = name === '' ? ['name part must be non-empty'] : [];
  errors.push(...tooLong(name, 63).map((error) => `name part ${error}`));
  if (!qualifiedNamePattern.test(name)) errors.push(`name part ${nameRule}`);
  return errors;
}

function isSubdomain(value: string): boolean {
  return value.split('.').every((part) => labelPattern.test(part));
}

function tooLong(value: string, limitBytes: number): string[] {
  return Buffer.byteLength(value) > limitBytes ? [`must be no more than ${limitBytes} bytes`] : [];
}
