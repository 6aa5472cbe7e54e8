import { describe, expect, test } from 'vitest';
import type { Secret } from '../../../src/pod/index.ts';
import { hideSecrets } from '../../../src/reconcile/hide-secrets.ts';

function secret(...values: readonly string[]): Secret {
  return {
    kind: 'Secret',
    metadata: { namespace: 'default', name: 's', labels: {}, annotations: {} },
    type: 'Opaque',
    data: new Map(values.map((value, index) => [`k${index}`, Buffer.from(value).toString('base64')])),
    immutable: false,
    digest: '',
  };
}

describe('what the runtime says', () => {
  test.each<[what: string, values: readonly string[], text: string, shown: string]>([
    ['nothing secret', ['hunter2'], 'exec: "/bin/x": not found', 'exec: "/bin/x": not found'],
    [
      'a value',
      ['hunter2'],
      'exec: "/hunter2/x": stat /hunter2/x',
      'exec: "/[redacted]/x": stat /[redacted]/x',
    ],
    ['a value without its line end', ['hunter2\n'], 'stat /hunter2', 'stat /[redacted]'],
    ['a value in quotes', ['a"b\nc'], 'exec: "a\\"b\\nc"', 'exec: "[redacted]"'],
    ['a value within another', ['hunter2', 'hunter2-too'], 'hunter2-too', '[redacted]'],
    ['a value that stands in any text', ['ex', ''], 'exec: no', 'exec: no'],
  ])('with %s', (_what, values, text, shown) => {
    expect(hideSecrets(text, { secrets: new Map([['s', secret(...values)]]) })).toBe(shown);
  });
});
