import { expect, test } from 'vitest';
import { parseResolvConf } from '../../../src/host/resolv-conf.ts';

const empty = { nameservers: [], searches: [], options: [] };

test.each<[string, string, Partial<ReturnType<typeof parseResolvConf>>]>([
  ['nothing', '', {}],
  ['name servers add up', 'nameserver 10.0.0.1\nnameserver ::1\n', { nameservers: ['10.0.0.1', '::1'] }],
  ['only the first word is a server', 'nameserver 10.0.0.1 10.0.0.2', { nameservers: ['10.0.0.1'] }],
  ['a server without an address is none', 'nameserver\nnameserver \n', {}],
  ['indented and with tabs', '\t nameserver\t10.0.0.1 \r\n', { nameservers: ['10.0.0.1'] }],
  ['comments', '# nameserver 10.0.0.1\n; search a\n  #nameserver 10.0.0.2', {}],
  ['the last search wins', 'search a.com b.com\nsearch c.com\n', { searches: ['c.com'] }],
  ['an empty last search too', 'search a.com\nsearch\n', { searches: [] }],
  ['final dots go, the root domain too', 'search a.com. . b.com', { searches: ['a.com', 'b.com'] }],
  ['domain does not count', 'domain a.com', {}],
  ['options add up', 'options ndots:2 rotate\noptions edns0', { options: ['ndots:2', 'rotate', 'edns0'] }],
  [
    'an option given again replaces the earlier one',
    'options ndots:2 rotate\noptions ndots:5 rotate',
    { options: ['ndots:5', 'rotate'] },
  ],
])('%s', (_, text, expected) => {
  expect(parseResolvConf(text)).toEqual({ ...empty, ...expected });
});
