import { describe, expect, test } from 'vitest';
import { arrangeWords } from '../../../src/cli/arrange-words.ts';
import type { Command } from '../../../src/cli/command.ts';
import type { Flag } from '../../../src/cli/flag.ts';

function flag(name: string, takes: Flag<unknown>['takes'], short?: string): Flag<unknown> {
  return { name, takes, help: '', parse: (text) => text, ...(short !== undefined && { short }) };
}

function command(name: string | undefined, flags: readonly Flag<unknown>[], passthrough = false): Command {
  return { name, summary: '', flags, passthrough, run: async () => 0 };
}

const ROOT_DIR = flag('root-dir', 'value');
const NAMESPACE = flag('namespace', 'value', 'n');
const COMMANDS = [
  command(undefined, [ROOT_DIR]),
  command('do', [
    flag('stdin', 'nothing', 'i'),
    flag('tty', 'nothing', 't'),
    flag('env', 'values', 'e'),
    flag('tail', 'value'),
    NAMESPACE,
  ]),
  command('pass', [ROOT_DIR], true),
];

function arranged(line: string): readonly unknown[] {
  const { command: found, flagWords, operands, rest } = arrangeWords(line.split(' '), COMMANDS);
  return [found?.name, flagWords, operands, ...(rest === undefined ? [] : [rest])];
}

describe('words are read as kubectl reads them', () => {
  test.each<[line: string, flagWords: readonly string[], operands: readonly string[]]>([
    ['do a 1 2.0 -', [], ['a', '1', '2.0', '-']],
    ['do -it a', ['--stdin=true', '--tty=true'], ['a']],
    ['do -i=false a', ['--stdin=false'], ['a']],
    ['do --stdin a', ['--stdin=true'], ['a']],
    ['do --stdin=no a', ['--stdin=no'], ['a']],
    ['do -itn kube a', ['--stdin=true', '--tty=true', '--namespace=kube'], ['a']],
    ['do -nkube-system a', ['--namespace=kube-system'], ['a']],
    ['do -n=kube a', ['--namespace=kube'], ['a']],
    ['do a -n kube b', ['--namespace=kube'], ['a', 'b']],
    ['-n kube do a', ['--namespace=kube'], ['a']],
    ['do -e A=b -e C=-d', ['--env=A=b', '--env=C=-d'], []],
    ['do --tail -1 a', ['--tail=-1'], ['a']],
    ['do --tail=-1 a', ['--tail=-1'], ['a']],
    ['do --tail -i a', ['--tail=', '--stdin=true'], ['a']],
    ['do --tail --tty a', ['--tail=', '--tty=true'], ['a']],
    ['do --tail', ['--tail='], []],
    ['do -ix a', ['--stdin=true', '-x'], ['a']],
    ['do -h', ['--help'], []],
    ['do a --help', ['--help'], ['a']],
  ])('%s', (line, flagWords, operands) => {
    expect(arranged(line)).toEqual(['do', flagWords, operands]);
  });

  test.each<[line: string, operands: readonly string[], rest: readonly string[]]>([
    ['do a -- ls -la -- x', ['a', 'ls', '-la', '--', 'x'], ['ls', '-la', '--', 'x']],
    ['do a --', ['a'], []],
    ['do -- -n', ['-n'], ['-n']],
  ])('%s', (line, operands, rest) => {
    expect(arranged(line)).toEqual(['do', [], operands, rest]);
  });

  test.each<[line: string, flagWords: readonly string[], operands: readonly string[]]>([
    ['pass get pods -A -o wide', [], ['get', 'pods', '-A', '-o', 'wide']],
    ['pass --root-dir x -- y -h', [], ['--root-dir', 'x', '--', 'y', '-h']],
    ['--root-dir /x pass do', ['--root-dir=/x'], ['do']],
    ['pass', [], []],
  ])('of a command that passes everything on: %s', (line, flagWords, operands) => {
    expect(arranged(line)).toEqual(['pass', flagWords, operands]);
  });

  test.each<[line: string, flagWords: readonly string[], operands: readonly string[]]>([
    ['--root-dir do', ['--root-dir=do'], []],
    ['--root-dri /x', ['--root-dri'], []],
    ['-- do', [], ['do']],
    ['frob -x', ['-x'], ['frob']],
  ])('where no word names a command, the nameless one is meant: %s', (line, flagWords, operands) => {
    expect(arranged(line).slice(0, 3)).toEqual([undefined, flagWords, operands]);
  });
});
