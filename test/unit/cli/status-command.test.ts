import { describe, expect, test } from 'vitest';
import { renderStatus } from '../../../src/cli/index.ts';
import type { NodeReport } from '../../../src/status/index.ts';
import { tinylet } from './fake-program.ts';
import { container, ended, node, pod, terminated, waiting } from './reports.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

/** A node on which everything that has a section is wrong. */
const TROUBLED: NodeReport = node({
  runtime: { ready: false, name: 'containerd', version: '1.6.20', message: 'cni plugin not initialized' },
  directories: [
    { directory: '/etc/tinylet/manifests' },
    { directory: '/mnt/pods', problem: 'does not exist' },
  ],
  pods: [
    pod('web'),
    pod('shop', { namespace: 'a', stale: true, podIPs: [], hostNetwork: true }),
    pod('crash', {
      words: {
        ...{ ready: '1/2', status: 'CrashLoopBackOff', restarts: 4 },
        lastRestartAt: '2026-03-01T11:58:00Z',
      },
      containers: [
        container('app', {
          ready: false,
          restartCount: 4,
          state: waiting('app', 'CrashLoopBackOff').state,
          lastState: ended(1, 'Error'),
        }),
        container('side'),
      ],
      waiting: [
        {
          container: 'app',
          reason: 'CrashLoopBackOff',
          message: 'back-off 40s restarting failed container=app',
          until: '2026-03-01T12:00:20Z',
        },
      ],
    }),
    pod('full', {
      words: { ready: '0/1', status: 'Evicted', restarts: 0 },
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "t" exceeds the limit "10Mi". ',
      containers: [terminated('app', 137, 'Error')],
    }),
    pod('setup', {
      words: {
        ...{ ready: '0/1', status: 'Init:CrashLoopBackOff', restarts: 2 },
        lastRestartAt: '2026-03-01T11:58:00Z',
      },
      phase: 'Pending',
      initContainers: [
        { ...waiting('init', 'CrashLoopBackOff'), restartCount: 2, lastState: ended(3, 'Error') },
      ],
      containers: [waiting('app', 'PodInitializing')],
      waiting: [{ container: 'init', reason: 'CrashLoopBackOff', message: 'back-off 20s' }],
    }),
  ],
  refused: [
    {
      file: '/etc/tinylet/manifests/shop.yaml',
      errors: [
        {
          file: '/etc/tinylet/manifests/shop.yaml',
          line: 3,
          column: 5,
          path: 'spec.containers[0].imag',
          message: 'unknown field, did you mean "image"?',
        },
        {
          file: '/etc/tinylet/manifests/shop.yaml',
          line: 8,
          column: 1,
          path: '',
          message: 'tabs cannot indent',
        },
      ],
    },
  ],
  foreign: [{ namespace: 'default', name: 'theirs', owner: '0b5e' }],
  warnings: ['/etc/tinylet/manifests is not owned by root'],
});

const TROUBLED_TEXT = `Runtime not ready (containerd 1.6.20): cni plugin not initialized

NAMESPACE   NAME    READY   STATUS                  RESTARTS     AGE   IP          FILE
a           shop    1/1     Running                 0            5m    <host>      /etc/tinylet/manifests/shop.yaml (broken: the last good version is kept)
default     crash   1/2     CrashLoopBackOff        4 (2m ago)   5m    10.88.0.7   /etc/tinylet/manifests/crash.yaml
default     full    0/1     Evicted                 0            5m    10.88.0.7   /etc/tinylet/manifests/full.yaml
default     setup   0/1     Init:CrashLoopBackOff   2 (2m ago)   5m    10.88.0.7   /etc/tinylet/manifests/setup.yaml
default     web     1/1     Running                 0            5m    10.88.0.7   /etc/tinylet/manifests/web.yaml

Waiting:
  default/crash app: CrashLoopBackOff until 2026-03-01T12:00:20Z (in 20s): back-off 40s restarting failed container=app; it exited with 1 (Error)
  default/setup init: CrashLoopBackOff: back-off 20s; it exited with 3 (Error)

Ended until their specs are edited:
  default/full: Evicted: Usage of EmptyDir volume "t" exceeds the limit "10Mi".

Refused files:
  /etc/tinylet/manifests/shop.yaml
    3:5: spec.containers[0].imag: unknown field, did you mean "image"?
    8:1: tabs cannot indent

Unreadable directories and URLs (their pods stay as they are):
  /mnt/pods: does not exist

Pods of other tinylets on this runtime (--adopt takes them over):
  default/theirs, owner 0b5e

Warnings:
  /etc/tinylet/manifests is not owned by root
`;

describe('the status table', () => {
  test('a node in trouble shows all of it', () => {
    expect(renderStatus(TROUBLED, NOW_MS)).toBe(TROUBLED_TEXT);
  });

  test('an empty node says so, and a young one that it has not looked yet', () => {
    expect(renderStatus(node(), NOW_MS)).toBe('No pods.\n');
    expect(renderStatus(node({ passes: 0 }), NOW_MS)).toBe(
      'The first pass has not ended: what follows is incomplete.\n\nNo pods.\n',
    );
  });

  test('long messages wrap at the width, the table does not', () => {
    const message = 'the registry answered 500 and went on to explain itself at some length';
    const text = renderStatus(
      node({ pods: [pod('web', { waiting: [{ reason: 'ErrImagePull', message }] })] }),
      NOW_MS,
      { width: 60 },
    );
    expect(text.split('\n').slice(3)).toEqual([
      'Waiting:',
      '  default/web: ErrImagePull: the registry answered 500 and',
      '    went on to explain itself at some length',
      '',
    ]);
  });

  test('what comes from data cannot steer the terminal or fake a line', () => {
    const evil = '\u001b[2J\nNAMESPACE\u202e';
    const report = node({
      pods: [pod('web', { file: evil, waiting: [{ reason: evil, message: evil }] })],
      warnings: [evil],
      refused: [{ file: evil, errors: [{ file: evil, line: 1, column: 1, path: evil, message: evil }] }],
      directories: [{ directory: evil, problem: evil }],
      foreign: [{ namespace: evil, name: evil, owner: evil }],
      runtime: { ready: false, message: evil },
    });
    const text = renderStatus(report, NOW_MS);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text.match(/^NAMESPACE/gm)).toHaveLength(1);
  });

  test('colour marks titles only, and changes nothing else', () => {
    const text = renderStatus(TROUBLED, NOW_MS, { color: true });
    expect(text).toContain('\u001b[31mRefused files:\u001b[0m\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away.
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(TROUBLED_TEXT);
  });
});

describe('tinylet status', () => {
  test('asks the socket it is told to', async () => {
    const { code, out, called } = await tinylet(['status', '--api-socket', '/run/t.sock'], {
      report: TROUBLED,
    });
    expect({ code, out }).toEqual({ code: 0, out: TROUBLED_TEXT });
    expect(called).toEqual([{ what: 'fetchStatus', apiSocket: '/run/t.sock' }]);
  });

  test('prints the report as JSON, whole', async () => {
    const { out } = await tinylet(['status', '-o', 'json'], { report: TROUBLED });
    expect(JSON.parse(out)).toEqual(TROUBLED);
    const evil = node({ warnings: ['\u009b2J\u202e'] });
    const escaped = await tinylet(['status', '-o', 'json'], { report: evil });
    expect(escaped.out).not.toContain('\u009b');
    expect(JSON.parse(escaped.out)).toEqual(evil);
  });

  test('is coloured on a terminal unless NO_COLOR forbids it', async () => {
    expect((await tinylet(['status'], { report: TROUBLED, terminal: true })).out).toContain('\u001b[1m');
    const plain = await tinylet(['status'], { report: TROUBLED, terminal: true, env: { NO_COLOR: '1' } });
    expect(plain.out).not.toContain('\u001b');
  });

  test('on a terminal too narrow for the table files lose their directories', async () => {
    const report = node({ pods: [pod('web'), pod('db', { stale: true })] });
    const env = { NO_COLOR: '1' };
    const { out } = await tinylet(['status'], { report, terminal: true, env });
    const rows = out.trimEnd().split('\n');
    expect(rows.map((row) => row.split(/ {2,}/).at(-1))).toEqual([
      'FILE',
      '…/db.yaml (broken)',
      '…/web.yaml',
    ]);
    expect((await tinylet(['status'], { report })).out).toContain('/etc/tinylet/manifests/web.yaml\n');
  });

  test('without a daemon it says which socket, and what to do', async () => {
    const { code, out, err } = await tinylet(['status']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      'tinylet: no daemon answers on /run/tinylet/tinylet.sock: the socket does not exist; start a daemon with "tinylet" as root, or name its socket with --api-socket\n',
    );
  });
});
