import { describe, expect, it } from 'vitest';
import { idlePortmapCleanup, networkCleanup } from '../../../src/standalone/netfilter.ts';

/** The nat table of a machine where our pod and one of podman's have a host port each. */
const comment = (network: string, id: string, word = '') =>
  `-m comment --comment "${word}name: \\"${network}\\" id: \\"${id}\\""`;
const ours = [
  `-A POSTROUTING -s 10.192.7.2/32 ${comment('tl-0badcafe', 'one')} -j CNI-aaaaaaaaaaaaaaaaaaaaaaaa`,
  `-A CNI-HOSTPORT-DNAT -p tcp ${comment('tl-0badcafe', 'one', 'dnat ')} -m multiport --dports 8080 -j CNI-DN-aaaaaaaaaaaaaaaaaaaaa`,
];
const others = [
  `-A POSTROUTING -s 10.88.0.2/32 ${comment('podman', 'two')} -j CNI-bbbbbbbbbbbbbbbbbbbbbbbb`,
  `-A CNI-HOSTPORT-DNAT -p tcp ${comment('podman', 'two', 'dnat ')} -m multiport --dports 9090 -j CNI-DN-bbbbbbbbbbbbbbbbbbbbb`,
];
const shared = [
  '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
  '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
  '-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
  '-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
  '-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE',
  '-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000',
];
const podRules = (letter: string) => [
  `-A CNI-DN-${letter.repeat(21)} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.192.7.2:8080`,
];

function saved(...rules: string[]): string {
  const chains = ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-MASQ', 'CNI-HOSTPORT-SETMARK', 'DOCKER'];
  const heads = [
    ...['PREROUTING', 'OUTPUT', 'POSTROUTING'].map((c) => `:${c} ACCEPT [0:0]`),
    ...chains.map((c) => `:${c} - [0:0]`),
  ];
  return ['# Generated', '*nat', ...heads, ...rules, 'COMMIT', ''].join('\n');
}

describe('networkCleanup', () => {
  it('takes the rules and chains of our pods, as they were saved, and no others', () => {
    const table = saved(...shared, ...others, ...ours, ...podRules('a'), ...podRules('b'));
    expect(networkCleanup(table, 'nat', 'tl-0badcafe')?.split('\n')).toEqual([
      '*nat',
      ...ours.map((rule) => rule.replace('-A', '-D')),
      '-F CNI-aaaaaaaaaaaaaaaaaaaaaaaa',
      '-F CNI-DN-aaaaaaaaaaaaaaaaaaaaa',
      '-X CNI-aaaaaaaaaaaaaaaaaaaaaaaa',
      '-X CNI-DN-aaaaaaaaaaaaaaaaaaaaa',
      'COMMIT',
      '',
    ]);
  });

  it('does nothing where no rule names the network', () => {
    expect(networkCleanup(saved(...shared, ...others), 'nat', 'tl-0badcafe')).toBeUndefined();
    expect(networkCleanup('', 'nat', 'tl-0badcafe')).toBeUndefined();
  });
});

describe('idlePortmapCleanup', () => {
  it('leaves the chains alone while anybody has a host port', () => {
    expect(idlePortmapCleanup(saved(...shared, ...others), 'nat')).toBeUndefined();
  });

  it('takes them when nobody has, without flushing the one that would hold a new port', () => {
    expect(idlePortmapCleanup(saved(...shared), 'nat')?.split('\n')).toEqual([
      '*nat',
      '-D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      '-D OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      '-D POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
      '-X CNI-HOSTPORT-DNAT',
      '-F CNI-HOSTPORT-SETMARK',
      '-F CNI-HOSTPORT-MASQ',
      '-X CNI-HOSTPORT-SETMARK',
      '-X CNI-HOSTPORT-MASQ',
      'COMMIT',
      '',
    ]);
  });

  it('does nothing on a machine that never had them', () => {
    expect(idlePortmapCleanup('*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n', 'nat')).toBeUndefined();
  });
});
