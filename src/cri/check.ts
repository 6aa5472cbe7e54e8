import type { CallOptions, Cri, RuntimeCondition } from './port.ts';

export interface RuntimeCheck {
  readonly name: string;
  readonly version: string;
  /** Pods can be run. */
  readonly ready: boolean;
  /** Pods with a network of their own can be run. */
  readonly networkReady: boolean;
  /** Empty when all is well, otherwise what is wrong and, where it is known, what to do. */
  readonly message: string;
}

/** Asks the runtime who it is and whether it is ready. Fails as the calls do, with messages that say what to do. */
export async function checkRuntime(
  cri: Pick<Cri, 'version' | 'status'>,
  options: CallOptions = {},
): Promise<RuntimeCheck> {
  const version = await cri.version(options);
  const conditions = await cri.status(options);
  const runtime = find(conditions, 'RuntimeReady');
  const network = find(conditions, 'NetworkReady');
  return {
    name: version.runtimeName,
    version: version.runtimeVersion,
    ready: runtime?.status === true,
    networkReady: network?.status === true,
    message: [complaint('the runtime', runtime), complaint('the pod network', network)]
      .filter(Boolean)
      .join('; '),
  };
}

function find(conditions: readonly RuntimeCondition[], type: string): RuntimeCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

function complaint(subject: string, condition: RuntimeCondition | undefined): string {
  if (condition?.status === true) return '';
  if (condition === undefined) return `${subject} does not report whether it is ready`;
  const why = [condition.reason, condition.message].filter(Boolean).join(': ');
  const advice =
    condition.type === 'NetworkReady'
      ? ' (is there a CNI configuration? pods with hostNetwork run without one)'
      : '';
  return `${subject} is not ready${why === '' ? '' : `: ${why}`}${advice}`;
}
