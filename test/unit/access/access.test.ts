import { X509Certificate } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Certify, certify } from '../../../src/access/certify.ts';
import { type AccessOptions, createAccess, readKubeconfig } from '../../../src/access/index.ts';
import { type LogFields, type Logger, silentLogger } from '../../../src/base/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const DAY_MS = 24 * 3_600_000;
const FILES = ['ca.crt', 'ca.key', 'server.crt', 'server.key', 'token'];

let rootDir: string;
let clock: VirtualClock;
/** What was told, each line as `level message file: reason`. */
let told: string[];
/** How often certificates were made, and whether with a new authority. */
let made: string[];

beforeEach(async () => {
  rootDir = await mkdtemp(join(tmpdir(), 'tinylet-access-'));
  clock = new VirtualClock();
  told = [];
  made = [];
});
afterEach(() => rm(rootDir, { recursive: true, force: true }));

const counted: Certify = (request) => {
  made.push(request.authority === undefined ? 'authority and server' : 'server');
  return certify(request);
};

const logger: Logger = {
  ...silentLogger,
  info: (fields, message) => tell('info', fields, message),
  warn: (fields, message) => tell('warn', fields, message),
};

function tell(level: string, { file, err }: LogFields, message: string): void {
  const what = file === undefined ? '' : ` ${String(file).replace(`${rootDir}/api/`, '')}: ${err}`;
  told.push(`${level} ${message}${what}`);
}

function access(changed: Partial<AccessOptions> = {}) {
  const place = { rootDir, host: '127.0.0.1', nodeName: 'box', names: [] };
  return createAccess({ ...place, clock, logger, certify: counted, ...changed });
}

const file = (name: string): string => join(rootDir, 'api', name);

async function contents(): Promise<Record<string, string>> {
  const texts = await Promise.all(FILES.map((name) => readFile(file(name), 'utf8').catch(() => 'none')));
  return Object.fromEntries(FILES.map((name, index) => [name, texts[index] ?? '']));
}

/** What of the files is another one after the daemon started again. */
async function changedBy(act: () => Promise<void>, options: Partial<AccessOptions> = {}): Promise<string[]> {
  await access().credentials();
  const before = await contents();
  await act();
  [told, made] = [[], []];
  await access(options).credentials();
  const after = await contents();
  return FILES.filter((name) => before[name] !== after[name]);
}

describe('the first start', () => {
  test('makes five files for their owner alone', async () => {
    const given = await access().credentials();
    expect(await readdir(join(rootDir, 'api'))).toEqual(FILES);
    expect((await stat(join(rootDir, 'api'))).mode & 0o777).toBe(0o700);
    for (const name of FILES) expect((await stat(file(name))).mode & 0o777).toBe(0o600);
    const { 'server.crt': certificate, 'server.key': key, token } = await contents();
    expect(given).toEqual({
      certificate,
      key,
      token: token?.trim(),
      names: ['localhost', 'box', '127.0.0.1', '::1'],
    });
    // 256 bits in base64.
    expect(given.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect({ made, told }).toEqual({ made: ['authority and server'], told: ['info certificates are made'] });
  });

  test('an authority of ten years signs a server of one, on P-256', async () => {
    await access().credentials();
    const { 'ca.crt': ca = '', 'server.crt': server = '' } = await contents();
    const [authority, certificate] = [new X509Certificate(ca), new X509Certificate(server)];
    const daysLeft = ({ validTo }: X509Certificate): number =>
      Math.round((Date.parse(validTo) - clock.nowMs()) / DAY_MS);
    const facts = [authority, certificate].map((each) => ({
      ca: each.ca,
      days: daysLeft(each),
      curve: each.publicKey.asymmetricKeyDetails?.namedCurve,
      signed: each.verify(authority.publicKey) && each.checkIssued(authority),
    }));
    const curve = 'prime256v1';
    expect(facts).toEqual([
      { ca: true, days: 3652, curve, signed: true },
      { ca: false, days: 365, curve, signed: true },
    ]);
    // extendedKeyUsage, in node's words: a server's, and no client's.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test.each<[what: string, options: Partial<AccessOptions>, more: string[]]>([
    ['a specific address', { host: '192.0.2.1' }, ['192.0.2.1']],
    ['a specific IPv6 address', { host: '2001:db8::1' }, ['2001:db8::1']],
    ['a name', { host: 'edge.example' }, ['edge.example']],
    ['every address', { host: '0.0.0.0' }, []],
    ['every address of both families', { host: '::' }, []],
    [
      'configured names',
      { names: ['Edge.example', '198.51.100.7', 'localhost'] },
      ['edge.example', '198.51.100.7'],
    ],
  ])('%s is in the certificate, once', async (_, options, more) => {
    const { certificate, names } = await access(options).credentials();
    expect(names.toSorted()).toEqual(['127.0.0.1', '::1', 'box', 'localhost', ...more].toSorted());
    const parsed = new X509Certificate(certificate);
    const isFor = (name: string): boolean =>
      parsed.checkHost(name) !== undefined || parsed.checkIP(name) !== undefined;
    expect(names.filter((name) => !isFor(name))).toEqual([]);
    expect(parsed.subjectAltName?.split(', ')).toHaveLength(names.length);
  });

  test('a node that is called what no certificate can say has one without it', async () => {
    const { names } = await access({ nodeName: 'my_box, DNS:evil.example' }).credentials();
    expect(names).toEqual(['localhost', '127.0.0.1', '::1']);
  });
});

describe('another start', () => {
  test('changes nothing, and makes nothing', async () => {
    expect(await changedBy(async () => undefined)).toEqual([]);
    expect({ made, told }).toEqual({ made: [], told: [] });
  });

  const SERVER = ['server.crt', 'server.key'];
  const ALL = ['ca.crt', 'ca.key', ...SERVER];
  const garble = (name: string) => () => writeFile(file(name), 'garbage');
  const age = (days: number) => async () => clock.jumpWallClock(days * DAY_MS);

  test.each<[what: string, act: () => Promise<void>, changed: string[], tells: string[]]>([
    ['the token deleted', () => unlink(file('token')), ['token'], []],
    [
      'a token too short',
      () => writeFile(file('token'), 'hunter2'),
      ['token'],
      ['warn token is replaced token: is no token of 32 characters or more'],
    ],
    [
      'a token others can read',
      () => chmod(file('token'), 0o644),
      ['token'],
      ['warn token is replaced token: can be read by other users'],
    ],
    ['30 days left', age(334), [], []],
    ['less than 30 days left', age(336), SERVER, ['info certificate is renewed server.crt: ends soon']],
    ['a year later', age(366), SERVER, ['info certificate is renewed server.crt: has ended']],
    ['before its time', age(-3), ALL, ['info certificate is renewed ca.crt: is not valid yet']],
    ['ten years later', age(3640), ALL, ['info certificate is renewed ca.crt: ends soon']],
    [
      'server.crt broken',
      garble('server.crt'),
      SERVER,
      ['warn file is replaced server.crt: cannot be read: …'],
    ],
    [
      'server.key broken',
      garble('server.key'),
      SERVER,
      ['warn file is replaced server.crt: cannot be read: …'],
    ],
    [
      'server.key gone',
      () => unlink(file('server.key')),
      SERVER,
      ['warn file is replaced server.crt: has no key'],
    ],
    ['ca.crt broken', garble('ca.crt'), ALL, ['warn file is replaced ca.crt: cannot be read: …']],
    ['ca.key gone, which nobody needs yet', () => unlink(file('ca.key')), ['ca.key'], []],
    [
      'ca.key broken when it is needed',
      async () => Promise.all([garble('ca.key')(), unlink(file('server.crt'))]).then(() => undefined),
      ALL,
      ['warn file is replaced ca.key: cannot be read: …'],
    ],
    [
      'the server as authority',
      async () => writeFile(file('ca.crt'), await readFile(file('server.crt'))),
      ALL,
      ['warn file is replaced ca.crt: is no certificate authority'],
    ],
    [
      'a key others can read',
      () => chmod(file('server.key'), 0o640),
      SERVER,
      [
        'warn file is replaced server.key: can be read by other users',
        'warn file is replaced server.crt: has no key',
      ],
    ],
    [
      'a link',
      async () => {
        await rm(file('server.crt'));
        await symlink('/etc/hostname', file('server.crt'));
      },
      SERVER,
      ['warn file is replaced server.crt: is a symbolic link'],
    ],
  ])('%s', async (_, act, changed, tells) => {
    expect(await changedBy(act)).toEqual(changed);
    const certificates = changed.includes('server.crt') ? ['info certificates are made'] : [];
    const said = told.map((line) => line.replace(/(cannot be read: ).*/, '$1…'));
    expect(said).toEqual([...tells, ...certificates]);
    expect(made).toEqual(
      !changed.includes('server.crt')
        ? []
        : changed.includes('ca.crt')
          ? ['authority and server']
          : ['server'],
    );
  });

  test.each<[what: string, options: Partial<AccessOptions>]>([
    ['another name of the node', { nodeName: 'crate' }],
    ['one name more', { names: ['edge.example'] }],
    ['another address', { host: '192.0.2.1' }],
  ])('%s: another certificate of the same authority', async (_, options) => {
    expect(await changedBy(async () => undefined, options)).toEqual(SERVER);
    expect(told).toEqual([
      'info certificate is renewed server.crt: is for other names',
      'info certificates are made',
    ]);
  });

  test('one name less: too', async () => {
    await access({ names: ['edge.example'] }).credentials();
    expect((await access().credentials()).names).not.toContain('edge.example');
    expect(made).toEqual(['authority and server', 'server']);
  });

  test('a directory in the place of a file is an error for the caller to tell', async () => {
    await mkdir(file('token'), { recursive: true });
    await expect(access().credentials()).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test('what cannot be made leaves no half of it', async () => {
    const failing = access({ certify: () => Promise.reject(new Error('no memory')) });
    await expect(failing.credentials()).rejects.toThrow('no memory');
    expect(await readdir(join(rootDir, 'api'))).toEqual(['token']);
  });
});

describe('the kubeconfig', () => {
  const path = (): string => join(rootDir, 'kubeconfig');

  test.each([
    ['127.0.0.1', 'https://127.0.0.1:6443'],
    ['0.0.0.0', 'https://127.0.0.1:6443'],
    ['::', 'https://[::1]:6443'],
    ['2001:db8::1', 'https://[2001:db8::1]:6443'],
    ['edge.example', 'https://edge.example:6443'],
  ])('of a daemon that listens on %s says %s', async (host, server) => {
    const opened = access({ host });
    const { token } = await opened.credentials();
    await opened.serving(6443);
    const { 'ca.crt': ca = '' } = await contents();
    expect(await readKubeconfig(rootDir)).toBe(
      `apiVersion: v1
kind: Config
clusters:
  - name: tinylet
    cluster:
      certificate-authority-data: ${Buffer.from(ca).toString('base64')}
      server: ${server}
users:
  - name: tinylet
    user:
      token: "${token}"
contexts:
  - name: tinylet
    context:
      cluster: tinylet
      user: tinylet
current-context: tinylet
`,
    );
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test('is left alone while it says the same, and replaced where it does not or others can read it', async () => {
    const opened = access();
    await opened.credentials();
    await opened.serving(1);
    const first = await stat(path());
    await opened.serving(1);
    expect((await stat(path())).ino).toBe(first.ino);
    await opened.serving(2);
    expect(await readKubeconfig(rootDir)).toContain('https://127.0.0.1:2\n');
    await chmod(path(), 0o644);
    await opened.serving(2);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test('that nobody wrote yet is a clear error', async () => {
    await expect(readKubeconfig(rootDir)).rejects.toMatchObject({
      code: 'STATE_IO',
      message: `there is no ${path()}: a daemon writes it when it serves the API over TCP (--api-addr)`,
    });
    await mkdir(path());
    await expect(readKubeconfig(rootDir)).rejects.toThrow(`${path()} is no plain file`);
  });
});
