import type { CallName } from '../../src/cri/calls.ts';
import { type ModelFailure, refused, unavailable } from './model-failure.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What goes wrong with one call. */
export interface Fault {
  /** It reaches the runtime this much later. */
  readonly delayMs?: number;
  /** It fails and has no effect. */
  readonly before?: ModelFailure;
  /** It has its effect, and the answer is lost. */
  readonly after?: ModelFailure;
  /** No effect and no answer: the caller's deadline or signal ends it, or a restart of the runtime. */
  readonly hang?: true;
}

/** Asked once for each call, in order. */
export type Faults = (call: CallName, request: object) => Fault | undefined;

/** Each entry strikes once, at the first call of its name after those before it in the list for that name. */
export function scriptedFaults(script: readonly (readonly [CallName, Fault])[]): Faults {
  const left = [...script];
  return (call) => {
    const index = left.findIndex(([name]) => name === call);
    return index < 0 ? undefined : left.splice(index, 1)[0]?.[1];
  };
}

export interface FaultRates {
  /** Probabilities for each call. */
  readonly before: number;
  readonly after: number;
  readonly hang: number;
  readonly delay: number;
  readonly longestDelayMs: number;
}

/** Faults by chance. `active` is asked each time, so that a run can end without faults. */
export function seededFaults(
  random: SeededRandom,
  rates: FaultRates,
  active: () => boolean = () => true,
): Faults {
  return (call, request) => {
    if (!active()) return undefined;
    const delay = random.chance(rates.delay) ? { delayMs: random.int(rates.longestDelayMs) } : {};
    if (hasDeadline(call, request) && random.chance(rates.hang)) return { hang: true };
    if (random.chance(rates.before)) return { ...delay, before: anyFailure(random) };
    if (random.chance(rates.after)) return { ...delay, after: anyFailure(random) };
    return delay;
  };
}

/** Nothing would ever end a call that has none. */
function hasDeadline(call: CallName, request: object): boolean {
  if (call === 'ExecSync') return Number('timeout' in request ? request.timeout : 0) > 0;
  return call !== 'PullImage';
}

function anyFailure(random: SeededRandom): ModelFailure {
  return random.chance(0.5) ? unavailable() : refused('the runtime broke');
}
