import { expect, test } from 'vitest';
import { ApiFailure, type Labels, labelSelector } from '../../../src/apimachinery/index.ts';

const LABELS: readonly Labels[] = [
  {},
  { x: '' },
  { x: 'a' },
  { x: 'b' },
  { x: '7' },
  { y: 'a' },
  { x: 'a', y: 'b' },
];

/** Which of the labels above each selector takes, by their place. */
test.each<[string, readonly number[]]>([
  ['', [0, 1, 2, 3, 4, 5, 6]],
  ['x', [1, 2, 3, 4, 6]],
  ['\rx', [1, 2, 3, 4, 6]],
  ['!x', [0, 5]],
  ['x=a', [2, 6]],
  ['x==a', [2, 6]],
  ['x= ', [1]],
  ['x=,y', []],
  ['x!=a', [0, 1, 3, 4, 5]],
  ['x in (a,b)', [2, 3, 6]],
  ['x in (a,,)', [1, 2, 6]],
  ['x in ()', [1]],
  ['x in (,b)', [1, 3]],
  ['x notin (a, b)', [0, 1, 4, 5]],
  ['x notin\n (a)', [0, 1, 3, 4, 5]],
  ['x>6', [4]],
  ['x>7', []],
  ['x<10', [4]],
  ['x,y', [6]],
  ['x,!y', [1, 2, 3, 4]],
  ['x in (a,in,notin),y=b', [6]],
  ['in in (a)', []],
])('%j', (text, taken) => {
  const matches = labelSelector(text);
  expect(LABELS.flatMap((labels, index) => (matches(labels) ? [index] : []))).toEqual(taken);
});

test('what every object has is no label', () => {
  expect([labelSelector('constructor')({}), labelSelector('!toString')({})]).toEqual([false, true]);
});

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. " +
  "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with " +
  "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** The words are those of k8s.io/apimachinery/pkg/labels. */
test.each([
  ['x=a||y=b', `unable to parse requirement: values[0][x]: Invalid value: "a||y": ${valueRule}`],
  ['x==a==b', "found '==', expected: ',' or 'end of string'"],
  ['!x=a', "found '=', expected: ',' or 'end of string'"],
  [
    'x<a',
    `unable to parse requirement: values[0]: Invalid value: "a": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
  ['x,,y', "found ',', expected: identifier after ','"],
  [',x,y', "found ',', expected: !, identifier, or 'end of string'"],
  ['x nott in (y)', "unable to parse requirement: found 'nott', expected: in, notin, =, ==, !=, gt, lt"],
  ['a in (xyz),', "found '', expected: identifier after ','"],
  ['a in (xyz)b notin ()', "found 'b', expected: ',' or 'end of string'"],
  ['a in (xyz abc)', "unable to parse requirement: found 'abc', expected: ',' or ')'"],
  ['a notin(', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
  ['a in', "unable to parse requirement: found '' expected: '('"],
  ['a in (b,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
  ['a (', "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
  ['(', "found '(', expected: !, identifier, or 'end of string'"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['a=(', "unable to parse requirement: found '(', expected: identifier"],
  ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${nameRule}`],
  ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${valueRule}`],
  [
    `a=${'b'.repeat(64)}`,
    `unable to parse requirement: values[0][a]: Invalid value: "${'b'.repeat(64)}": must be no more than 63 bytes`,
  ],
])('refuses %j', (text, message) => {
  expect(() => labelSelector(text)).toThrow(new ApiFailure('BadRequest', message));
});
