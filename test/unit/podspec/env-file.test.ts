import { describe, expect, test } from 'vitest';
import { lookUpEnvFile } from '../../../src/podspec/env-file.ts';
import { envFilesOf } from '../../../src/podspec/index.ts';
import { makePod, subjectOf } from './base.ts';

// kubelet: util/env.ParseEnv
describe('a value in an environment file', () => {
  test.each<[text: string, value: string]>([
    ["K='v'", 'v'],
    ["K='v'\n", 'v'],
    ["A='1'\nK='v'\nB='2'", 'v'],
    ["# comment\n\n \t\n  # another\n\tK='v'", 'v'],
    ["K=''", ''],
    ["K='a=b # c $(X) \\n \"'", 'a=b # c $(X) \\n "'],
    ["K='v' # comment", 'v'],
    ["K='v'   ", 'v'],
    ["K='v'#", 'v'],
    ["K='first\nsecond\n\n# third'", 'first\nsecond\n\n# third'],
    ["A='K='\nK='v'", 'v'],
    ["A='x\nK='\nK='v'", 'v'],
    ["K= 'v'", ''],
    ["A= what it is is not read\nK='v'", 'v'],
    ["K='first'\nK='second'", 'first'],
    ["K='v'\nwhat comes after is not looked at", 'v'],
    ["K='v'\r\n", 'v'],
    ["K='v'\r", 'v'],
    ["K='a\r\nb'", 'a\nb'],
    ["odd name.1='x'\nK='v'", 'v'],
  ])('%j is %j', (text, value) => {
    expect(lookUpEnvFile(text, 'K')).toEqual({ value });
  });

  test.each(['', '\n', '# K=1', "A='K'", "A='\nK=\n'", "k='v'"])('%j has none', (text) => {
    expect(lookUpEnvFile(text, 'K')).toEqual({ missing: true });
  });

  test.each<[text: string, problem: string]>([
    ['K', "at line 1: missing '='"],
    ["A='1'\n\nno\nK='v'", "at line 3: missing '='"],
    ["='v'", 'at line 1: empty variable name'],
    [" ='v'", 'at line 1: empty variable name'],
    ["K ='v'", "at line 1: whitespace before '=' is not allowed"],
    ['K=v', 'at line 1: value must be enclosed in single quotes'],
    ['K="v"', 'at line 1: value must be enclosed in single quotes'],
    ['K=', 'at line 1: value must be enclosed in single quotes'],
    ["\nK='v", 'starting at line 2: unclosed single quote'],
    ["\nK='v\nmore\n", 'starting at line 2: unclosed single quote'],
    ["K='v' w", 'at line 1: unexpected content after closing quote'],
    ["K='v'w'", 'at line 1: unexpected content after closing quote'],
    ["K='a\nb'c", 'at line 2: unexpected content after closing quote'],
  ])('%j is wrong, and its content stays unsaid', (text, problem) => {
    expect(lookUpEnvFile(text, 'K')).toEqual({ problem: `invalid environment variable format ${problem}` });
  });
});

test('a container names each of its files once, in emptyDirs only', () => {
  const ref = (volumeName: string, path: string, key: string) =>
    ({ name: key, value: '', valueFrom: { kind: 'fileKeyRef', volumeName, path, key } }) as const;
  const { pod, container } = subjectOf(
    makePod({
      app: {
        env: [
          ref('run', 'a/env', 'A'),
          { name: 'B', value: 'b' },
          ref('run', 'a/env', 'C'),
          ref('run', 'env', 'D'),
          ref('host', 'env', 'E'),
          ref('none', 'env', 'F'),
        ],
      },
    }),
  );
  const volumes = [
    { name: 'run', source: { kind: 'emptyDir', medium: '' } },
    { name: 'host', source: { kind: 'hostPath', path: '/etc', type: '' } },
  ] as const;
  expect(envFilesOf({ ...pod, spec: { ...pod.spec, volumes } }, container)).toEqual([
    { volume: 'run', path: 'a/env' },
    { volume: 'run', path: 'env' },
  ]);
});
