import { describe, expect, test } from 'vitest';
import { type HookHandler, hookText, readHookText } from '../../../src/pod/index.ts';

// core/v1: LifecycleHandler, in the order in which Go writes its fields
test.each<[text: string, handler: HookHandler]>([
  ['{"exec":{"command":["sh","-c","$(A) \\u0000"]}}', { kind: 'exec', command: ['sh', '-c', '$(A) \0'] }],
  [
    '{"httpGet":{"path":"/stop?now=1","port":"http","host":"192.0.2.1","scheme":"HTTPS","httpHeaders":[{"name":"A","value":"b"},{"name":"A","value":""}]}}',
    {
      kind: 'httpGet',
      path: '/stop?now=1',
      port: 'http',
      host: '192.0.2.1',
      scheme: 'HTTPS',
      headers: [
        { name: 'A', value: 'b' },
        { name: 'A', value: '' },
      ],
    },
  ],
  [
    '{"httpGet":{"path":"/","port":80,"scheme":"HTTP"}}',
    { kind: 'httpGet', path: '/', port: 80, scheme: 'HTTP', headers: [] },
  ],
  ['{"tcpSocket":{"port":"admin","host":"a"}}', { kind: 'tcpSocket', port: 'admin', host: 'a' }],
  ['{"tcpSocket":{"port":1}}', { kind: 'tcpSocket', port: 1 }],
  ['{"sleep":{"seconds":5}}', { kind: 'sleep', seconds: 5 }],
])('%s is written and read again', (text, handler) => {
  expect(hookText(handler)).toBe(text);
  expect(readHookText(text)).toEqual(handler);
});

describe('what others wrote', () => {
  test.each<[text: string, handler: HookHandler | undefined]>([
    ['{"sleep":{}}', { kind: 'sleep', seconds: 0 }],
    ['{"httpGet":{"port":80}}', { kind: 'httpGet', path: '/', port: 80, scheme: 'HTTP', headers: [] }],
    [
      '{"httpGet":{"port":80,"host":"","httpHeaders":[{"name":"A"},{"value":"b"},7]}}',
      { kind: 'httpGet', path: '/', port: 80, scheme: 'HTTP', headers: [{ name: 'A', value: '' }] },
    ],
    ['', undefined],
    ['{', undefined],
    ['null', undefined],
    ['[]', undefined],
    ['{}', undefined],
    ['{"exec":{}}', undefined],
    ['{"exec":{"command":[]}}', undefined],
    ['{"exec":{"command":["a",1]}}', undefined],
    ['{"exec":{"command":"a"}}', undefined],
    ['{"httpGet":{}}', undefined],
    ['{"httpGet":{"port":80,"scheme":"FTP"}}', undefined],
    ['{"httpGet":{"port":80,"path":1}}', undefined],
    ['{"httpGet":{"port":80,"httpHeaders":{}}}', undefined],
    ['{"tcpSocket":{"port":{}}}', undefined],
    ['{"sleep":{"seconds":"5"}}', undefined],
    ['{"sleep":{"seconds":-1}}', undefined],
    ['{"grpc":{"port":1}}', undefined],
  ])('%s', (text, handler) => {
    expect(readHookText(text)).toEqual(handler);
  });
});
