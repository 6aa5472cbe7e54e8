import { readdir } from 'node:fs/promises';
import { runCommand } from './command.ts';

/**
 * What takes the rules of one CNI network out of a table, as input of `iptables-restore --noflush`, given what
 * `iptables-save` prints of the table: the rules and per-pod chains that carry the network's name in their comment. They
 * remain of pods whose teardown never ran. Undefined when there are none.
 */
export function networkCleanup(saved: string, table: string, network: string): string | undefined {
  const ours = rulesOf(saved).filter(({ line }) => line.includes(`\\"${network}\\"`));
  const podChains = new Set(
    ours
      .flatMap(({ chain, target }) => [chain, target])
      .filter((chain) => /^CNI-(DN-|SN-)?[0-9a-f]+$/.test(chain)),
  );
  const entries = ours.filter(({ chain }) => !podChains.has(chain));
  return script(table, [...entries.map(deletion), ...drop([...podChains])]);
}

/**
 * The same for the chains that the portmap plugin makes once for everybody and never removes. Only when no pod of anybody
 * has a host port, and without flushing the chain that would hold it: one that comes in between makes all of it fail.
 */
export function idlePortmapCleanup(saved: string, table: string): string | undefined {
  const rules = rulesOf(saved);
  const chains =
    saved.match(/^:CNI-HOSTPORT-(DNAT|SETMARK|MASQ)(?= )/gm)?.map((chain) => chain.slice(1)) ?? [];
  if (rules.some(({ chain }) => chain === 'CNI-HOSTPORT-DNAT')) return undefined;
  const entries = rules.filter(({ chain, target }) => chains.includes(target) && !chains.includes(chain));
  const [pods, fixed] = [['CNI-HOSTPORT-DNAT'], ['CNI-HOSTPORT-SETMARK', 'CNI-HOSTPORT-MASQ']].map((names) =>
    names.filter((name) => chains.includes(name)),
  );
  return script(table, [
    ...entries.map(deletion),
    ...(pods ?? []).map((chain) => `-X ${chain}`),
    ...drop(fixed ?? []),
  ]);
}

/**
 * Cleans IPv4 and IPv6. A table that cannot be read, as where IPv6 is off, holds nothing of ours. Saving, unlike listing
 * with `-S`, does not bring an absent table into being.
 */
export async function cleanNetfilter(network: string): Promise<void> {
  for (const program of ['iptables', 'ip6tables']) {
    for (const table of ['nat', 'filter']) {
      await apply(program, table, (saved) => networkCleanup(saved, table, network));
      // Another private containerd may be giving a pod its host port this very moment; the last one cleans up.
      if (await isLast()) await apply(program, table, (saved) => idlePortmapCleanup(saved, table));
    }
  }
}

async function isLast(): Promise<boolean> {
  return !(await readdir('/sys/class/net')).some((link) => /^tl-[0-9a-f]{8}$/.test(link));
}

async function apply(
  program: string,
  table: string,
  cleanup: (saved: string) => string | undefined,
): Promise<void> {
  const saved = await runCommand(`${program}-save`, ['-t', table]);
  const input = saved.ok ? cleanup(saved.stdout) : undefined;
  if (input !== undefined) await runCommand(`${program}-restore`, ['--noflush', '--wait', '10'], { input });
}

interface Rule {
  /** As saved, quotes and all: what is restored needs the same form. */
  readonly line: string;
  readonly chain: string;
  readonly target: string;
}

function rulesOf(saved: string): readonly Rule[] {
  return saved.split('\n').flatMap((line) => {
    const chain = /^-A (\S+)/.exec(line)?.[1];
    const unquoted = line.replace(/"(?:\\.|[^"\\])*"/g, '""');
    return chain === undefined ? [] : [{ line, chain, target: / -j (\S+)/.exec(unquoted)?.[1] ?? '' }];
  });
}

function deletion({ line }: Rule): string {
  return line.replace(/^-A/, '-D');
}

function drop(chains: readonly string[]): readonly string[] {
  return [...chains.map((chain) => `-F ${chain}`), ...chains.map((chain) => `-X ${chain}`)];
}

function script(table: string, commands: readonly string[]): string | undefined {
  return commands.length === 0 ? undefined : [`*${table}`, ...commands, 'COMMIT', ''].join('\n');
}
