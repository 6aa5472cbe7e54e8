import { describe, expect, test } from 'vitest';
import {
  configKeyErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  dnsSearchErrors,
  envNameErrors,
  ipErrors,
  labelValueErrors,
  portNameErrors,
  qualifiedNameErrors,
} from '../../../src/pod/index.ts';

/** What each rule lets through, and what it refuses with which words. */
const rules: [string, (value: string) => string[], valid: string[], invalid: [string, RegExp][]][] = [
  [
    'DNS label',
    dns1123LabelErrors,
    ['a', '0', 'a-b', 'a--b', 'a'.repeat(63)],
    [
      ...['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a/b', '..', 'a\n', 'é', ' a'].map((value): [string, RegExp] => [
        value,
        /^a lowercase RFC 1123 label must consist of/,
      ]),
      ['a'.repeat(64), /^must be no more than 63 bytes$/],
    ],
  ],
  [
    'DNS subdomain',
    dns1123SubdomainErrors,
    ['a', 'a.b', 'a-b.0', `${'a'.repeat(100)}.${'b'.repeat(100)}`, 'a'.repeat(253)],
    [
      ...['', '.', '..', 'a..b', '.a', 'a.', 'a.-b', 'a-.b', 'A.b', '../a', 'a/b', 'a\n'].map(
        (value): [string, RegExp] => [value, /^a lowercase RFC 1123 subdomain must consist of/],
      ),
      ['a'.repeat(254), /^must be no more than 253 bytes$/],
    ],
  ],
  [
    'key of a ConfigMap',
    configKeyErrors,
    ['a', 'A_b.c-D', '.a', '-', '_', 'a..', 'a'.repeat(253)],
    [
      ...['', 'a b', 'a/b', 'é', 'a\n'].map((value): [string, RegExp] => [
        value,
        /^a valid config key must consist of alphanumeric characters/,
      ]),
      ['.', /^must not be '\.'$/],
      ['..', /^must not be '\.\.'$/],
      ['..a', /^must not start with '\.\.'$/],
      ['a'.repeat(254), /^must be no more than 253 bytes$/],
    ],
  ],
  [
    'domain to search',
    dnsSearchErrors,
    ['a', 'a.b', 'a.b.', '.', '_tcp.a_b', '0', `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a.`],
    [
      ...['', '..', '.a', 'a..', 'a..b', '_', 'a_', '-a', 'A', 'a b', 'a\n'].map(
        (value): [string, RegExp] => [
          value,
          /^a lowercase RFC 1123 subdomain must consist of .*'_', '-' or '\.'/,
        ],
      ),
      [`${'a.'.repeat(127)}a`, /^must be no more than 253 bytes$/],
    ],
  ],
  [
    'address',
    ipErrors,
    ['0.0.0.0', '10.9.8.7', '::', '2001:db8::ffff', '::ffff:1.2.3.4'],
    [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '256.0.0.1',
      '1.2.3.4/8',
      '::g',
      'fe80::1%eth0',
      'localhost',
      ' ::1',
      '010.0.0.1',
    ].map((value) => [value, /^must be a valid IP address, \(e\.g\. 10\.9\.8\.7 or 2001:db8::ffff\)$/]),
  ],
  [
    'key of a label',
    qualifiedNameErrors,
    ['a', 'A_b.c-D', '0', 'example.com/A', `${'a'.repeat(253)}/${'b'.repeat(63)}`],
    [
      ['_a', /^name part must consist of/],
      ['a-', /^name part must consist of/],
      ['a'.repeat(64), /^name part must be no more than 63 bytes$/],
      ['/a', /^prefix part must be non-empty$/],
      ['A.b/c', /^prefix part a lowercase RFC 1123 subdomain/],
      ['a/b/c', /^a qualified name must consist of/],
    ],
  ],
  [
    'value of a label',
    labelValueErrors,
    ['', 'a', 'A_b.c', '0', 'a'.repeat(63)],
    [
      ['-a', /^a valid label must be an empty string or consist of/],
      ['a b', /^a valid label must be an empty string or consist of/],
      ['a'.repeat(64), /^must be no more than 63 bytes$/],
    ],
  ],
  [
    'name of a port',
    portNameErrors,
    ['http', 'a', '8a', 'a-8', 'abcdefghijklmno'],
    [
      ['80', /^must contain at least one letter/],
      ['a--b', /^must not contain consecutive hyphens$/],
      ['-a', /^must not begin or end with a hyphen$/],
      ['a-', /^must not begin or end with a hyphen$/],
      ['aB', /^must contain only alpha-numeric characters/],
      ['abcdefghijklmnop', /^must be no more than 15 bytes$/],
    ],
  ],
  [
    'name of an environment variable',
    envNameErrors,
    ['A', 'a b', '1', '-', '~', ' ', '<>'],
    ['', 'A=', '=', 'é', 'a\tb', 'a\0', '\x7f'].map((value) => [
      value,
      /^a valid environment variable name must consist only/,
    ]),
  ],
];

describe.each(rules)('%s', (_, errorsIn, valid, invalid) => {
  test.each(valid)('%j is valid', (value) => {
    expect(errorsIn(value)).toEqual([]);
  });
  test.each(invalid)('%j is not', (value, error) => {
    expect(errorsIn(value)).toEqual([expect.stringMatching(error)]);
  });
});

test('an empty name part is told as such', () => {
  expect(qualifiedNameErrors('a/')).toEqual([
    'name part must be non-empty',
    expect.stringMatching(/^name part must consist/),
  ]);
});

test('no name takes long to refuse', () => {
  const long = `${'a-.'.repeat(300_000)}!`;
  const startedMs = performance.now();
  for (const [, errorsIn] of rules) errorsIn(long);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
