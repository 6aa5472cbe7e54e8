import { describe, expect, test } from 'vitest';
import type { ResourceRequirements } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

const pod = (resources: string, spec = ''): string => `name: web
${spec}
containers:
- {resources: ${resources}, name: main, image: i}
`;

const resourcesOf = (resources: string): ResourceRequirements | undefined =>
  podOf(pod(resources)).spec.containers[0]?.resources;

/** Errors without the place and without the way to the resources. */
const reasonsOf = (resources: string): string[] =>
  errorsOf(pod(resources)).map((error) => error.replace(/^4:\d+: containers\[0\]\.resources/, ''));

const FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

describe('what containers may have', () => {
  test.each<[string, object | undefined]>([
    ['{}', undefined],
    ['null', undefined],
    ['{limits: {}, requests: ~}', undefined],
    ['{requests: {cpu: null}}', undefined],
    // Canonical, however it is written
    ['{requests: {cpu: 1, memory: 64Mi}}', { requests: { cpu: '1', memory: '64Mi' } }],
    ['{requests: {cpu: 0.5, memory: 1.5Gi}}', { requests: { cpu: '500m', memory: '1536Mi' } }],
    ['{requests: {cpu: " 1000m ", memory: 1e3}}', { requests: { cpu: '1', memory: '1k' } }],
    ['{requests: {cpu: "1e3", memory: 0x10}}', { requests: { cpu: '1e3', memory: '16' } }],
    ['{requests: {cpu: 0.1m, memory: 0.1}}', { requests: { cpu: '1m', memory: '100m' } }],
    ['{requests: {cpu: 1e-7}}', { requests: { cpu: '1e-3' } }],
    ['{requests: {cpu: 0, memory: "0"}}', { requests: { cpu: '0', memory: '0' } }],
    ['{requests: {memory: 9007199254740993}}', { requests: { memory: '9007199254740993' } }],
    // Requests are filled in, one by one
    [
      '{limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 1}}',
      { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
    ],
    ['{limits: {cpu: 100u}, requests: {cpu: 200u}}', { limits: { cpu: '1m' }, requests: { cpu: '1m' } }],
    [
      '{limits: {cpu: 1, hugepages-2Mi: 4Mi}}',
      { limits: { cpu: '1', 'hugepages-2Mi': '4Mi' }, requests: { cpu: '1', 'hugepages-2Mi': '4Mi' } },
    ],
    [
      '{limits: {hugepages-1Gi: 1Gi}, requests: {memory: 1Mi, hugepages-1Gi: 1024Mi}}',
      { limits: { 'hugepages-1Gi': '1Gi' }, requests: { 'hugepages-1Gi': '1Gi', memory: '1Mi' } },
    ],
    [
      '{limits: {ephemeral-storage: 1G}, requests: {ephemeral-storage: 1M}}',
      { limits: { 'ephemeral-storage': '1G' }, requests: { 'ephemeral-storage': '1M' } },
    ],
  ])('%s', (resources, expected) => {
    expect(resourcesOf(resources)).toEqual(expected);
  });

  test('what is not enforced says so', () => {
    expect(notesOf(pod('{requests: {ephemeral-storage: 1M}}'))).toEqual([
      '4:27: containers[0].resources.requests.ephemeral-storage: is not enforced: what containers write on disk is not measured',
    ]);
  });
});

describe('what they may not', () => {
  test.each<[string, string[]]>([
    ['{limits: {cpu: ""}}', [`.limits.cpu: Invalid value: "": ${FORMAT}`]],
    ['{limits: {cpu: 1 Gi}}', [`.limits.cpu: Invalid value: "1 Gi": ${FORMAT}`]],
    ['{limits: {memory: 64mb}}', [`.limits.memory: Invalid value: "64mb": ${FORMAT}`]],
    [
      '{limits: {memory: 64mi}}',
      [`.limits.memory: Invalid value: "64mi": unable to parse quantity's suffix`],
    ],
    ['{limits: {memory: 1K}}', [`.limits.memory: Invalid value: "1K": unable to parse quantity's suffix`]],
    ['{limits: {memory: .inf}}', [`.limits.memory: Invalid value: "Infinity": ${FORMAT}`]],
    [
      '{limits: {memory: yes}}',
      [expect.stringMatching(/^\.limits\.memory: expected a string, got the boolean/)],
    ],
    ['{limits: {memory: [1]}}', ['.limits.memory: expected a string, got a list']],
    [
      '{limits: [1], requests: 1}',
      ['.limits: expected a map, got a list', '.requests: expected a map, got the number 1'],
    ],
    ['{limits: {cpu: -1}}', ['.limits.cpu: Invalid value: "-1": must be greater than or equal to 0']],
    [
      '{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1500m, memory: 2Gi}}',
      [
        '.requests.cpu: Invalid value: "1500m": must be less than or equal to cpu limit of 1',
        '.requests.memory: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
      ],
    ],
    [
      '{requests: {cpus: 1}}',
      ['.requests.cpus: Invalid value: "cpus": must be a standard resource for containers'],
    ],
    [
      '{requests: {CPU: x}}',
      [
        '.requests.CPU: Invalid value: "CPU": must be a standard resource for containers',
        `.requests.CPU: Invalid value: "x": ${FORMAT}`,
      ],
    ],
    [
      '{requests: {storage: 1}}',
      ['.requests.storage: Invalid value: "storage": must be a standard resource for containers'],
    ],
    [
      '{limits: {nvidia.com/gpu: 1}}',
      [
        '.limits[nvidia.com/gpu]: Forbidden: there are no device plugins here: name the devices in a cdi.k8s.io/ annotation',
      ],
    ],
    [
      '{limits: {a/b/c: 1}}',
      [
        expect.stringMatching(
          /^\.limits\[a\/b\/c\]: Invalid value: "a\/b\/c": a qualified name must consist of/,
        ),
      ],
    ],
    [
      '{limits: {__proto__: 1}}',
      ['.limits.__proto__: Invalid value: "__proto__": must be a standard resource for containers'],
    ],
    // Huge pages
    ['{limits: {hugepages-2Mi: 2Mi}}', [': Forbidden: HugePages require cpu or memory']],
    [
      '{limits: {cpu: 1, hugepages-2Mi: 4Mi}, requests: {hugepages-2Mi: 2Mi}}',
      ['.requests.hugepages-2Mi: Invalid value: "2Mi": must be equal to hugepages-2Mi limit of 4Mi'],
    ],
    [
      '{requests: {cpu: 1, hugepages-2Mi: 2Mi}}',
      ['.limits: Required value: Limit must be set for non overcommitable resources'],
    ],
    ...['3Mi', '1'].map((size): [string, string[]] => [
      `{limits: {cpu: 1, hugepages-2Mi: ${size}}}`,
      [
        `.limits.hugepages-2Mi: Invalid value: "${size}": ${size} is not positive integer multiple of hugepages-2Mi`,
      ],
    ]),
    ...['', 'x', '0', '-2Mi', '1500m'].map((page): [string, string[]] => [
      `{limits: {cpu: 1, "hugepages-${page}": 2Mi}}`,
      [
        `.limits.hugepages-${page}: Invalid value: "2Mi": 2Mi is not positive integer multiple of hugepages-${page}`,
      ],
    ]),
    [
      '{claims: [{name: gpu}]}',
      [
        '.claims: Forbidden: there is no dynamic resource allocation here: name devices by CDI annotations or hostPath',
      ],
    ],
    ['{limit: {cpu: 1}}', ['.limit: unknown field "containers[0].resources.limit", did you mean "limits"?']],
    ['big', [': expected a map, got the string "big"']],
  ])('%s', (resources, reasons) => {
    expect(reasonsOf(resources)).toEqual(reasons);
  });
});

describe('what a pod may have as a whole', () => {
  const ofPod = (text: string): ResourceRequirements | undefined => podOf(text).spec.resources;
  const idle = '{}';
  const small = '{requests: {cpu: 250m, memory: 64Mi}}';
  const limited = '{limits: {cpu: 1, memory: 1Gi}}';

  test.each<[string, string, object | undefined]>([
    ['{}', small, undefined],
    ['{limits: {}}', small, undefined],
    // From the limits, where no container asks for anything
    ['{limits: {cpu: 2}}', idle, { limits: { cpu: '2' }, requests: { cpu: '2' } }],
    // From what the containers ask for together
    [
      '{limits: {cpu: 2, memory: 1Gi}}',
      small,
      { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '250m', memory: '64Mi' } },
    ],
    ['{limits: {cpu: 2}}', small, { limits: { cpu: '2' }, requests: { cpu: '250m', memory: '64Mi' } }],
    [
      '{limits: {cpu: 2}, requests: {cpu: 1}}',
      small,
      { limits: { cpu: '2' }, requests: { cpu: '1', memory: '64Mi' } },
    ],
    // Nothing is filled in where nothing is limited
    ['{requests: {cpu: 1, memory: 1Gi}}', small, { requests: { cpu: '1', memory: '1Gi' } }],
    ['{requests: {cpu: 0.5}}', idle, { requests: { cpu: '500m' } }],
    [
      '{limits: {cpu: 1, memory: 1Gi}}',
      limited,
      { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
    ],
    // Huge pages cannot be lent out: the pod has those of its containers
    [
      '{limits: {cpu: 1}}',
      '{limits: {cpu: 1, hugepages-2Mi: 2Mi}}',
      { limits: { cpu: '1', 'hugepages-2Mi': '2Mi' }, requests: { cpu: '1', 'hugepages-2Mi': '2Mi' } },
    ],
    // What is no matter of pods stays the container's
    [
      '{limits: {cpu: 1}}',
      '{requests: {ephemeral-storage: 1G}}',
      { limits: { cpu: '1' }, requests: { cpu: '1' } },
    ],
  ])('%s over %s', (resources, container, expected) => {
    expect(ofPod(pod(container, `resources: ${resources}`))).toEqual(expected);
  });

  test('containers are counted together, init containers one by one', () => {
    const text = `name: web
resources: {limits: {cpu: 4}}
initContainers:
- {name: first, image: i, resources: {requests: {cpu: 1, memory: 1Gi}}}
- {name: second, image: i, resources: {requests: {cpu: 600m}}}
containers:
- {name: a, image: i, resources: {requests: {cpu: 400m}}}
- {name: b, image: i, resources: {requests: {cpu: 700m, memory: 1Mi}}}
`;
    expect(ofPod(text)).toEqual({ limits: { cpu: '4' }, requests: { cpu: '1100m', memory: '1Gi' } });
  });

  test.each<[string, string, string[]]>([
    [
      '{limits: {ephemeral-storage: 1G, nvidia.com/gpu: 1}}',
      idle,
      [
        '2:41: resources.limits.ephemeral-storage: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory"',
        expect.stringMatching(
          /resources\.limits\[nvidia\.com\/gpu\]: Unsupported value: "nvidia.com\/gpu": /,
        ),
      ],
    ],
    [
      '{limits: {cpu: 1}, requests: {cpu: 2}}',
      idle,
      ['2:47: resources.requests.cpu: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      '{limits: {cpu: 100m}}',
      small,
      [
        '2:12: resources.requests.cpu: Invalid value: "250m": must be less than or equal to cpu limit of 100m',
      ],
    ],
    [
      '{requests: {cpu: 100m, memory: 1Gi}}',
      small,
      [
        '2:29: resources.requests.cpu: Invalid value: "100m": must be greater than or equal to aggregate container requests of 250m',
      ],
    ],
    [
      '{requests: {cpu: 1}}',
      small,
      [
        '2:23: resources.requests.memory: Invalid value: "0": must be greater than or equal to aggregate container requests of 64Mi',
      ],
    ],
    [
      '{limits: {cpu: 500m}, requests: {cpu: 500m, memory: 1Gi}}',
      '{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 100m}}',
      [
        '4:30: containers[0].resources.limits.cpu: Invalid value: "1": must be less than or equal to pod limits of 500m',
      ],
    ],
    ['{limits: {hugepages-2Mi: 2Mi}}', idle, ['2:12: resources: Forbidden: HugePages require cpu or memory']],
    [
      '{limits: {cpu: x}, requests: [1]}',
      idle,
      [
        `2:27: resources.limits.cpu: Invalid value: "x": ${FORMAT}`,
        '2:41: resources.requests: expected a map, got a list',
      ],
    ],
    [
      '{limits: {cpu: 1}, requests: 1}',
      '{requests: {cpu: 2}}',
      ['2:41: resources.requests: expected a map, got the number 1'],
    ],
    ['{claims: [{name: a}]}', idle, [expect.stringMatching(/^2:13: resources\.claims: Forbidden: /)]],
  ])('%s over %s', (resources, container, errors) => {
    expect(errorsOf(pod(container, `resources: ${resources}`))).toEqual(errors);
  });
});

describe('overhead', () => {
  test.each<[string, object | undefined]>([
    ['{}', undefined],
    ['{cpu: 250m, memory: 120Mi}', { cpu: '250m', memory: '120Mi' }],
    ['{cpu: 0.0001}', { cpu: '1m' }],
  ])('%s', (overhead, expected) => {
    expect(podOf(pod('{}', `overhead: ${overhead}`)).spec.overhead).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ['{cpu: -1}', ['2:17: overhead.cpu: Invalid value: "-1": must be greater than or equal to 0']],
    ['{gpu: 1}', ['2:17: overhead.gpu: Invalid value: "gpu": must be a standard resource for containers']],
    ['{hugepages-2Mi: 2Mi}', ['2:11: overhead: Forbidden: HugePages require cpu or memory']],
    ['[cpu]', ['2:11: overhead: expected a map, got a list']],
  ])('%s', (overhead, errors) => {
    expect(errorsOf(pod('{}', `overhead: ${overhead}`))).toEqual(errors);
  });
});
