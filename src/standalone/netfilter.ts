import { runCommand } from './command.ts';

/**
 * The commands that take the leftovers of one CNI network out of a table, given what `iptables-save` prints of it. First the rules
 * and chains that carry the network's name in their comment (a pod whose teardown never ran), then, when no pod of
 * anybody has a host port any more, the chains that the portmap plugin makes once for all and never removes.
 */
export function netfilterCleanup(rules: string, network: string): readonly string[][] {
  const lines = rules.split('\n').map(splitRule);
  const ours = lines.filter(
    (words) => words[0] === '-A' && words.some((word) => word.includes(`"${network}"`)),
  );
  const podChains = new Set(
    ours
      .flatMap((words) => [words[1] ?? '', target(words)])
      .filter((chain) => /^CNI-(DN-|SN-)?[0-9a-f]+$/.test(chain)),
  );
  const rest = lines.filter(
    (words) => words[0] === '-A' && !ours.includes(words) && !podChains.has(words[1] ?? ''),
  );
  const idle = rest.some((words) => words[1] === 'CNI-HOSTPORT-DNAT') ? [] : portmapChains(lines);
  const chains = [...podChains, ...idle];
  const jumps = rest.filter((words) => chains.includes(target(words)) && !chains.includes(words[1] ?? ''));
  const outside = ours.filter((words) => !chains.includes(words[1] ?? ''));
  return [
    ...[...outside, ...jumps].map((words) => ['-D', ...words.slice(1)]),
    ...chains.map((chain) => ['-F', chain]),
    ...chains.map((chain) => ['-X', chain]),
  ];
}

/**
 * Applies it to IPv4 and IPv6. A table that cannot be read, as where IPv6 is off, holds nothing of ours. Saving, unlike
 * listing with `-S`, does not bring an absent table into being.
 */
export async function cleanNetfilter(network: string): Promise<void> {
  for (const program of ['iptables', 'ip6tables']) {
    for (const table of ['nat', 'filter']) {
      const { ok, stdout } = await runCommand(`${program}-save`, ['-t', table]);
      if (!ok) continue;
      for (const args of netfilterCleanup(stdout, network)) {
        await runCommand(program, ['-w', '10', '-t', table, ...args]);
      }
    }
  }
}

function portmapChains(lines: readonly string[][]): readonly string[] {
  return lines
    .map((words) => words[0] ?? '')
    .filter((word) => word.startsWith(':'))
    .map((word) => word.slice(1))
    .filter((chain) => /^CNI-HOSTPORT-(DNAT|SETMARK|MASQ)$/.test(chain));
}

function target(words: readonly string[]): string {
  const index = words.indexOf('-j');
  return index < 0 ? '' : (words[index + 1] ?? '');
}

/** The words of a rule as a shell would split them: comments are quoted and hold escaped quotes. */
function splitRule(line: string): string[] {
  const words = line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  return words.map((word) => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word));
}
