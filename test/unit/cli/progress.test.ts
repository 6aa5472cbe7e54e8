import { describe, expect, test } from 'vitest';
import { createProgress } from '../../../src/cli/progress.ts';
import type { Terminal } from '../../../src/terminal/index.ts';

const LINE = (text: string): string => `\r\u001b[K\u001b[?7l${text}\u001b[?7h`;
const CLEARED = '\r\u001b[K';

function progressOn(terminal: Pick<Terminal, 'stderrIsTerminal' | 'size'>) {
  const written: string[] = [];
  const whole: Terminal = {
    stdin: process.stdin,
    stdinIsTerminal: false,
    write: async () => undefined,
    setRaw: () => undefined,
    onResize: () => () => undefined,
    ...terminal,
  };
  return { written, progress: createProgress({ terminal: whole, err: (text) => written.push(text) }) };
}

const NARROW = { stderrIsTerminal: true, size: () => ({ columns: 20, rows: 24 }) };

describe('progress', () => {
  test('each note takes the place of the one before, and the end takes it away', () => {
    const { written, progress } = progressOn(NARROW);
    progress.note('one');
    progress.note('one');
    progress.note('two');
    progress.done();
    progress.done();
    expect(written).toEqual([LINE('one'), LINE('two'), CLEARED]);
  });

  test('what was taken away may come again', () => {
    const { written, progress } = progressOn(NARROW);
    progress.note('one');
    progress.done();
    progress.note('one');
    expect(written).toEqual([LINE('one'), CLEARED, LINE('one')]);
  });

  test('a text fits the terminal, the last column left free', () => {
    const { written, progress } = progressOn(NARROW);
    progress.note('1234567890123456789');
    progress.note('12345678901234567890');
    expect(written).toEqual([LINE('1234567890123456789'), LINE('123456789012345678…')]);
  });

  test('what is to be kept is, however long the text', () => {
    const { written, progress } = progressOn(NARROW);
    progress.note('short', '9s');
    progress.note('12345678901234567890', '12s');
    expect(written).toEqual([LINE('short 9s'), LINE('12345678901234… 12s')]);
  });

  test('behind a pipe of stdout the terminal is taken for one of 80 columns', () => {
    const { written, progress } = progressOn({ stderrIsTerminal: true, size: () => undefined });
    progress.note('x'.repeat(100));
    expect(written).toEqual([LINE(`${'x'.repeat(78)}…`)]);
  });

  test('control characters are shown, not obeyed', () => {
    const { written, progress } = progressOn(NARROW);
    progress.note('a\u001b[2Jb\n');
    expect(written).toEqual([LINE('a\\u001b[2Jb\\n')]);
  });

  test('nothing where stderr is no terminal', () => {
    const { written, progress } = progressOn({ stderrIsTerminal: false, size: NARROW.size });
    progress.note('one');
    progress.done();
    expect(written).toEqual([]);
  });
});
