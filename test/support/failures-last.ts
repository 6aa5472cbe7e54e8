import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

const SHOWN_FAILURES = 4;
/** Of each: enough for the message, or for the lines in which a text differs. */
const SHOWN_CHARACTERS = 400;

interface Failure {
  readonly where: string;
  readonly error: { readonly message: string; readonly diff?: string | undefined };
}

/** Says once more what failed, below the summary: of a long run often only the end of its log is at hand. */
export default class FailuresLast implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const failures = [
      ...modules.flatMap(failuresOf),
      ...unhandled.map((error) => ({ where: 'outside of tests', error })),
    ];
    const shown = failures.slice(0, SHOWN_FAILURES).map(describe).join('');
    const more = failures.length - SHOWN_FAILURES;
    process.stderr.write(more > 0 ? `${shown}and ${more} more\n` : shown);
  }
}

function failuresOf(file: TestModule): readonly Failure[] {
  const ofFile = file.errors().map((error) => ({ where: file.relativeModuleId, error }));
  const ofTests = [...file.children.allTests('failed')].flatMap((test) =>
    (test.result().errors ?? []).map((error) => ({
      where: `${file.relativeModuleId} > ${test.fullName}`,
      error,
    })),
  );
  return [...ofFile, ...ofTests];
}

function describe({ where, error }: Failure): string {
  const diff = stripVTControlCharacters(error.diff ?? '')
    .split('\n')
    .filter((line) => /^[-+](?! (Expected|Received)$)/.test(line));
  const text = [error.message, ...diff].join('\n');
  return `FAILED ${where}\n${text.slice(0, SHOWN_CHARACTERS)}\n`;
}
