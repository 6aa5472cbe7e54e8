import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { containerCases } from './container-cases.ts';
import { ContractPod, type ContractRuntime } from './contract-pod.ts';
import { execCases } from './exec-cases.ts';
import { imageCases } from './image-cases.ts';
import { logCases } from './log-cases.ts';
import { registryCases } from './registry-cases.ts';
import { sandboxCases } from './sandbox-cases.ts';
import { stopCases } from './stop-cases.ts';
import { streamCases } from './stream-cases.ts';
import { usageCases } from './usage-cases.ts';

/** What a set of cases works with: a runtime for all, and a fresh pod for each case, removed afterwards. */
export interface Bench {
  readonly runtime: () => ContractRuntime;
  readonly pod: () => ContractPod;
}

/**
 * What tinylet relies on in a CRI runtime, through its own port. The same cases run on the model in memory, on the model behind
 * gRPC, and on real containerd: where they disagree it is the model that is wrong. `more` are cases for this runtime alone.
 */
export function criContract(
  name: string,
  setUp: () => Promise<ContractRuntime>,
  more: (bench: Bench) => void = () => undefined,
): void {
  describe(name, () => {
    let runtime: ContractRuntime | undefined;
    let pod: ContractPod | undefined;

    beforeAll(async () => {
      runtime = await setUp();
    }, 120_000);
    afterAll(async () => runtime?.cleanup(), 60_000);
    beforeEach(() => {
      if (runtime !== undefined) pod = new ContractPod(runtime);
    });
    afterEach(async () => pod?.remove());

    const bench: Bench = { runtime: () => present(runtime), pod: () => present(pod) };
    sandboxCases(bench);
    containerCases(bench);
    stopCases(bench);
    execCases(bench);
    logCases(bench);
    streamCases(bench);
    usageCases(bench);
    imageCases(bench);
    registryCases(bench);
    more(bench);
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the runtime was not set up');
  return value;
}
