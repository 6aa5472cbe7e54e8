import { describe, expect, test } from 'vitest';
import { daemonCommand } from '../../../src/cli/commands/daemon-command.ts';
import { commands } from '../../../src/cli/commands.ts';
import { variableOf } from '../../../src/cli/flag.ts';
import { tinylet } from './fake-program.ts';

describe('wrong usage is one clear line and exit code 2', () => {
  const LONG_SOCKET = `/${'s'.repeat(107)}`;

  test.each<[argv: string[], line: string]>([
    [['--manifets', '/x'], 'unknown flag --manifets; did you mean --manifests?'],
    [['--frobnicate'], 'unknown flag --frobnicate'],
    [['-x'], 'unknown flag -x'],
    [['--no-once'], 'unknown flag --no-once'],
    [['--rootDir', '/x'], 'unknown flag --rootDir; did you mean --root-dir?'],
    [['frob'], 'unknown command "frob"'],
    [['validat', 'x'], 'unknown command "validat"; did you mean validate?'],
    [['--standalone', 'frob'], 'unknown command "frob"'],
    [['--standalone', 'status'], 'unknown flag --standalone of status'],
    [['status', 'web'], 'status takes no arguments, not "web"'],
    [['status', '--root-dir', '/x'], 'unknown flag --root-dir of status'],
    [['status', '-o', 'yaml'], '--output: "yaml" is not one of table, json'],
    [['stop'], 'stop needs --all: it stops the daemon and all of its pods (SIGTERM stops the daemon alone)'],
    [['validate'], 'validate needs a FILE, a directory, or - for stdin'],
    [['--socket'], '--socket needs a value'],
    [['--socket='], '--socket needs a value'],
    [['--socket', '--standalone'], '--socket needs a value'],
    [
      ['--socket', 'tcp://host:1'],
      '--socket: "tcp://host:1" is not a Unix socket; write a path or unix:///path',
    ],
    [['--socket', 'unix://'], '--socket: "unix://" names no socket; write a path or unix:///path'],
    [
      ['--api-socket', LONG_SOCKET],
      `--api-socket: "${LONG_SOCKET}" is too long for a Unix socket; the system takes 107 bytes`,
    ],
    [
      ['--api-addr', '10250'],
      '--api-addr: "10250" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', ':10250'],
      '--api-addr: ":10250" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', '::1:10250'],
      '--api-addr: "::1:10250" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', '[127.0.0.1]:1'],
      '--api-addr: "[127.0.0.1]:1" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', '[::1]'],
      '--api-addr: "[::1]" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', 'host:65536'],
      '--api-addr: "host:65536" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', 'a b:1'],
      '--api-addr: "a b:1" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [
      ['--api-addr', 'https://127.0.0.1:1'],
      '--api-addr: "https://127.0.0.1:1" is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off',
    ],
    [['--api-name', 'a_b'], '--api-name: "a_b" is neither a name of a host nor an address'],
    [['kubeconfig', 'x'], 'kubeconfig takes no arguments, not "x"'],
    [
      ['--manifests', 'ftp://x/pods'],
      '--manifests: "ftp://x/pods" is neither a directory nor a URL of https or http',
    ],
    [
      ['--manifests', 'https://'],
      '--manifests: "https://" is not a URL; write it like https://host/pods.yaml',
    ],
    [
      ['--manifests', 'https://u:secret@h/x'],
      '--manifests: a URL must hold no user and no password, which everybody could read in the process list: use --url-token-file or --manifest-url-header',
    ],
    [
      ['--manifests', 'http://10.0.0.1/x'],
      '--manifests: "http://10.0.0.1/x" is plain http to another machine: whoever is on the way could decide what runs here; use https, or --manifests-insecure if that is meant',
    ],
    [['--url-interval', '1s'], '--url-interval means nothing without a URL among --manifests'],
    [
      ['--manifests', 'https://h/x', '--manifest-url-header', 'Authorization Bearer secret'],
      "--manifest-url-header: is not a header; write it on one line like 'Name: value', in ASCII",
    ],
    [
      ['--manifests', 'https://h/x', '--manifest-url-header', 'X-A: b\r\nX-C: secret'],
      "--manifest-url-header: is not a header; write it on one line like 'Name: value', in ASCII",
    ],
    [
      ['--manifests', 'https://h/x', '--manifest-url-header', 'hOst: secret'],
      '--manifest-url-header: "hOst" is a header that tinylet sets itself',
    ],
    [
      ['--manifests', 'https://h/x', '--manifest-url-header', 'authorization: a', '--url-token-file', '/t'],
      '--url-token-file and an Authorization header of --manifest-url-header exclude each other',
    ],
    [['--interval', '2'], '--interval: "2" is not a duration; write it like 500ms, 2s or 1m30s'],
    [['--interval', '2 s'], '--interval: "2 s" is not a duration; write it like 500ms, 2s or 1m30s'],
    [['--interval=-2s'], '--interval: "-2s" is not a duration; write it like 500ms, 2s or 1m30s'],
    [['--interval', '0s'], '--interval: "0s" is too short; the least is 100ms'],
    [['--interval', '1000h'], '--interval: "1000h" is too long; the most is 24h'],
    [
      ['--max-manifest-bytes', '1MB'],
      '--max-manifest-bytes: "1MB" is not a size; write it like 65536, 64Ki or 1Mi',
    ],
    [['--max-manifest-bytes', '0'], '--max-manifest-bytes: "0" is out of range; from 1 byte to 1Gi'],
    [
      ['--node-name', 'no_good'],
      '--node-name: "no_good" is not a node name; use lower-case letters, digits, dashes and dots',
    ],
    [
      ['--allowed-unsafe-sysctls', '*'],
      '--allowed-unsafe-sysctls: "*" is not a sysctl; write it like net.core.somaxconn or kernel.msg*',
    ],
    [
      ['--allowed-unsafe-sysctls', 'net.*.x'],
      '--allowed-unsafe-sysctls: "net.*.x" is not a sysctl; write it like net.core.somaxconn or kernel.msg*',
    ],
    [
      ['--runtime-root', '/srv/root'],
      '--runtime-root: "/srv/root" is not the root of a process; write it like /proc/1/root',
    ],
    [['--log-level', 'loud'], '--log-level: "loud" is not one of debug, info, warn, error'],
    [['--dry-run=yes'], '--dry-run: "yes" is not true or false'],
    [['--once', '--dry-run'], '--once and --dry-run exclude each other'],
    [['--timeout', '5s'], '--timeout means nothing without --once'],
  ])('%j', async (argv, line) => {
    const outcome = await tinylet(argv);
    expect(outcome).toEqual({ code: 2, out: '', err: `tinylet: ${line}\nsee tinylet --help\n`, called: [] });
  });

  test.each<[variable: string, text: string, line: string]>([
    ['TINYLET_INTERVAL', 'abc', '"abc" is not a duration; write it like 500ms, 2s or 1m30s'],
    ['TINYLET_STANDALONE', 'maybe', '"maybe" is not true or false'],
    ['TINYLET_LOG_FORMAT', 'xml', '"xml" is not one of json, pretty'],
    ['TINYLET_MANIFESTS', '/a:\0', '"\\u0000" is not a path'],
  ])('a wrong %s is named', async (variable, text, line) => {
    const { code, err, called } = await tinylet([], { env: { [variable]: text } });
    expect({ code, err, called }).toEqual({
      code: 2,
      err: `tinylet: ${variable}: ${line}\nsee tinylet --help\n`,
      called: [],
    });
  });

  test('a conflict names the variable that is part of it', async () => {
    const { err } = await tinylet(['--dry-run'], { env: { TINYLET_ONCE: '1' } });
    expect(err).toContain('TINYLET_ONCE and --dry-run exclude each other');
  });

  test('a root-dir too long for the private socket is told before anything starts', async () => {
    const { code, err } = await tinylet(['--standalone', '--root-dir', `/${'d'.repeat(90)}`]);
    expect(code).toBe(2);
    expect(err).toMatch(/containerd\.sock" under --root-dir is too long .* give --socket\n/);
  });

  test('control characters of an argument do not reach the terminal', async () => {
    const { err } = await tinylet(['\u001b[31mred']);
    expect(err).not.toContain('\u001b');
  });
});

describe('help and version', () => {
  test.each([[['--help']], [['-h']], [['help']], [['--help', '--bogus']]])(
    '%j shows the program',
    async (argv) => {
      const { code, out, err } = await tinylet(argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Usage: tinylet \[FLAGS\]/);
      for (const command of ['validate', 'status', 'stop', 'version'])
        expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    },
  );

  test('every flag of the daemon has a line', async () => {
    const { out } = await tinylet(['--help']);
    const flags = [...out.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map((match) => match[1]);
    expect(flags.sort()).toEqual([...daemonCommand.flags.map(({ name }) => name), 'help', 'version'].sort());
  });

  test('commands and flags stand in groups, what is used most first', async () => {
    const { out } = await tinylet(['--help']);
    const titles = [...out.matchAll(/\n\n(\w[^:\n]*):\n {2}/g)].map((match) => match[1]);
    expect(titles).toEqual([
      ...['Run pods', 'Look at them', 'The node', 'Files', 'Other'],
      ...['What to run, and where', 'How to run', 'Doors', 'Manifests', 'Images'],
      ...['Containers and their ends', 'Other'],
    ]);
    expect(section(out, 'Files')).toEqual(['validate', 'support', 'schema']);
    expect(section(out, 'How to run').slice(0, 2)).toEqual(['--once', '--timeout']);
  });

  test('hidden commands are told of nowhere, and can be asked for help', async () => {
    const hidden = commands.filter((command) => command.hidden === true);
    const { out } = await tinylet(['--help']);
    for (const { name = '' } of hidden) {
      expect(out).not.toContain(name);
      expect((await tinylet(['help', name])).code).toBe(0);
    }
    expect((await tinylet(['__complet'])).err).not.toContain('did you mean');
  });

  test.each([
    [['--help']],
    [['status', '-h']],
    [['help', 'stop']],
    ...commands.flatMap(({ name }) => (name === undefined ? [] : [[['help', name]]])),
  ])('%j fits 80 columns', async (argv) => {
    const { code, out } = await tinylet(argv);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(commands.map((command) => [command.name ?? 'the daemon', command] as const))(
    'the examples of %s are command lines of it',
    (name, { examples = [] }) => {
      for (const example of examples) expect(example).toMatch(new RegExp(`\\btinylet ${name}\\b`));
    },
  );

  test.each(commands.flatMap(({ name }) => (name === undefined ? [] : [name])))(
    'the help of %s tells its exit codes',
    async (name) => {
      expect((await tinylet(['help', name])).out).toMatch(/\n\nExit codes: .*\b2 wrong usage/s);
    },
  );

  test.each([[['--version']], [['version']]])('%j prints the version', async (argv) => {
    expect(await tinylet(argv)).toEqual({ code: 0, out: 'tinylet 1.2.3\n', err: '', called: [] });
  });
});

describe('variables', () => {
  const variablesOf = (name: string | undefined): readonly string[] =>
    (commands.find((command) => command.name === name)?.flags ?? []).flatMap(
      (flag) => variableOf(flag) ?? [],
    );

  test('every flag of the daemon has one', () => {
    expect(variablesOf(undefined)).toHaveLength(daemonCommand.flags.length);
  });

  test('of the commands only what is a setting: no variable makes any of them do more than it says', () => {
    const settings = Object.fromEntries(
      commands.flatMap(({ name }) => {
        const variables = variablesOf(name).map((variable) => variable.slice('TINYLET_'.length));
        return name === undefined || variables.length === 0 ? [] : [[name, variables.sort().join(' ')]];
      }),
    );
    const asking = 'API_SOCKET NAMESPACE';
    expect(settings).toEqual({
      ...{
        apply: asking,
        get: asking,
        wait: asking,
        events: asking,
        why: asking,
        logs: asking,
        exec: asking,
      },
      ...{ delete: `${asking} ROOT_DIR`, status: 'API_SOCKET', kubeconfig: 'ROOT_DIR', kubectl: 'ROOT_DIR' },
      run: `API_SOCKET LOG_DIR NAMESPACE NODE_NAME REGISTRY_AUTH ROOT_DIR RUNTIME_ROOT SOCKET STANDALONE`,
      stop: 'CONTAINER_LOG_LINKS LOG_DIR ROOT_DIR RUNTIME_ROOT SOCKET',
    });
  });

  test('what is said of one occasion is not read from them', async () => {
    const env = { TINYLET_ALL: '1', TINYLET_OUTPUT: 'yaml' };
    expect(await tinylet(['stop'], { env })).toMatchObject({ code: 2, called: [] });
    expect((await tinylet(['support'], { env })).code).toBe(0);
  });

  test('the help of a command names them', async () => {
    const { out } = await tinylet(['help', 'apply']);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'Variables that set flags, too: TINYLET_NAMESPACE, TINYLET_API_SOCKET. The flag wins.',
    );
    expect((await tinylet(['help', 'version'])).out).not.toContain('ariable');
  });
});

describe('stop', () => {
  test('--all passes where everything is, and no socket unless one is given', async () => {
    const dirs = { rootDir: '/srv/t', logDir: '/var/log/pods', logLinks: '/var/log/containers' };
    const { called } = await tinylet(['stop', '--all', '--root-dir', '/srv/t']);
    expect(called).toEqual([{ what: 'stopAll', options: { ...dirs, socketPath: undefined } }]);
    const given = await tinylet(['stop', '--all', '--root-dir', '/srv/t', '--socket', '/run/c.sock']);
    expect(given.called).toEqual([{ what: 'stopAll', options: { ...dirs, socketPath: '/run/c.sock' } }]);
  });
});

/** What begins the lines below a title. */
function section(help: string, title: string): readonly string[] {
  const [, after = ''] = help.split(`\n${title}:\n`);
  const [body = ''] = after.split('\n\n');
  return [...body.matchAll(/^ {2}(\S+)/gm)].map((match) => match[1] ?? '');
}
