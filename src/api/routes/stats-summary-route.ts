import { ApiFailure } from '../../apimachinery/index.ts';
import { jsonResponse } from '../message.ts';
import type { MetricsSource } from '../ports.ts';
import type { Route } from '../route.ts';

/** Go's strconv.ParseBool, which the kubelet reads the parameter with. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ '1': true, t: true, T: true, true: true, True: true, TRUE: true },
  ...{ '0': false, f: false, F: false, false: false, False: false, FALSE: false },
};

/** The kubelet's `/stats/summary` (stats/v1alpha1), which takes POST as well and reads nothing of its body. */
export function statsSummaryRoutes(ports: Pick<MetricsSource, 'summary'>): readonly Route[] {
  return [
    {
      path: '/stats/summary',
      methods: ['GET', 'POST'],
      async handle({ query }) {
        const cpuAndMemory = onlyCpuAndMemory(query.get('only_cpu_and_memory'));
        return jsonResponse(200, await ports.summary({ cpuAndMemory }));
      },
    },
  ];
}

function onlyCpuAndMemory(value: string | null): boolean {
  if (value === null || value === '') return false;
  const known = Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined;
  if (known === undefined)
    throw new ApiFailure(
      'BadRequest',
      `only_cpu_and_memory is ${JSON.stringify(value)}: it has to be true or false`,
    );
  return known;
}
