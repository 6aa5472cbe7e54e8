import type { CallName, RequestOf, ResponseOf } from '../../src/cri/calls.ts';
import type { PodSandbox, PodSandboxConfig } from '../../src/cri/messages.generated.ts';
import type { CallScope } from './call-scope.ts';
import { notFound, refused } from './model-failure.ts';
import { type ModelSandbox, type ModelState, sandboxName } from './model-state.ts';

/** How the model serves a set of calls. `makingMs` is how long this call's own work takes. */
export type Handlers<C extends CallName> = {
  [Name in C]: (request: RequestOf<Name>, work: Work) => ResponseOf<Name> | Promise<ResponseOf<Name>>;
};

export interface Work {
  readonly scope: CallScope;
  /** Spends the time the call takes. With names reserved and nothing to be seen yet, for what makes things. */
  make(): Promise<void>;
}

type SandboxCalls =
  | 'RunPodSandbox'
  | 'StopPodSandbox'
  | 'RemovePodSandbox'
  | 'ListPodSandbox'
  | 'PodSandboxStatus';

export function sandboxHandlers(state: ModelState): Handlers<SandboxCalls> {
  return {
    async RunPodSandbox({ config = {}, runtime_handler: handler = '' }, work) {
      const id = state.newId();
      state.reserve('sandbox', sandboxName(config), id);
      try {
        await work.make();
        checkHostname(config);
      } catch (error) {
        state.releaseNames(id);
        throw error;
      }
      putSandbox(state, { id, config, runtimeHandler: handler });
      return { pod_sandbox_id: id };
    },
    StopPodSandbox({ pod_sandbox_id: id = '' }) {
      // The CRI promises success for what is unknown; 1.6 answers otherwise.
      const sandbox = state.release === '1.6' ? known(state, id) : state.sandboxes.get(id);
      if (sandbox !== undefined) stop(state, sandbox);
      return {};
    },
    RemovePodSandbox({ pod_sandbox_id: id = '' }) {
      const sandbox = state.sandboxes.get(id);
      if (sandbox === undefined) return {};
      stop(state, sandbox);
      for (const container of state.containersIn(id)) state.removeContainer(container);
      state.sandboxes.delete(id);
      state.releaseNames(id);
      state.changed('sandbox', id, 'removed');
      return {};
    },
    ListPodSandbox({ filter }) {
      const items = [...state.sandboxes.values()].map(listed);
      return { items: items.filter((item) => passes(item, filter ?? {}, item.state)) };
    },
    PodSandboxStatus({ pod_sandbox_id: id = '' }) {
      const sandbox = known(state, id);
      const [ip = '', ...others] = sandbox.state === 'ready' ? sandbox.ips : [];
      const network = { ip, additional_ips: others.map((other) => ({ ip: other })) };
      return { status: { ...listed(sandbox), network } };
    },
  };
}

export function putSandbox(
  state: ModelState,
  fields: Pick<ModelSandbox, 'id' | 'config' | 'runtimeHandler'>,
): ModelSandbox {
  const isHostNetwork = fields.config.linux?.security_context?.namespace_options?.network === 'NODE';
  const sandbox: ModelSandbox = {
    ...fields,
    createdAtMs: state.clock.nowMs(),
    ips: isHostNetwork ? [] : [state.newAddress()],
    state: 'ready',
  };
  state.sandboxes.set(sandbox.id, sandbox);
  state.changed('sandbox', sandbox.id, 'created');
  return sandbox;
}

function known(state: ModelState, id: string): ModelSandbox {
  const sandbox = state.sandboxes.get(id);
  if (sandbox === undefined) throw notFound(`an error occurred when try to find sandbox "${id}": not found`);
  return sandbox;
}

/** Kills all that runs in it, as the CRI demands. */
function stop(state: ModelState, sandbox: ModelSandbox): void {
  for (const container of state.containersIn(sandbox.id)) container.process?.kill();
  state.stopSandbox(sandbox);
}

/** runc cannot set a host name in the host's own UTS namespace, which comes with its network. */
function checkHostname(config: PodSandboxConfig): void {
  const network = config.linux?.security_context?.namespace_options?.network;
  if (network === 'NODE' && config.hostname) {
    throw refused('runc create failed: unable to set hostname without a private UTS namespace');
  }
}

function listed(sandbox: ModelSandbox): PodSandbox {
  const { metadata = {}, labels = {}, annotations = {} } = sandbox.config;
  return {
    id: sandbox.id,
    metadata,
    state: sandbox.state === 'ready' ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    created_at: msToNs(sandbox.createdAtMs),
    labels,
    annotations,
    runtime_handler: sandbox.runtimeHandler,
  };
}

interface Filter {
  readonly id?: string;
  readonly state?: { readonly state?: string };
  readonly label_selector?: Readonly<Record<string, string>>;
}

/** Ids may be cut short in a filter. */
export function passes(
  item: { readonly id?: string; readonly labels?: Readonly<Record<string, string>> },
  filter: Filter,
  itemState: string | undefined,
): boolean {
  if (filter.state && (filter.state.state ?? '') !== itemState) return false;
  const wanted = Object.entries(filter.label_selector ?? {});
  return (
    (item.id ?? '').startsWith(filter.id ?? '') &&
    wanted.every(([key, value]) => item.labels?.[key] === value)
  );
}

/** Milliseconds to the nanoseconds of the wire. */
export function msToNs(ms: number): string {
  return ms === 0 ? '0' : String(BigInt(Math.round(ms * 1000)) * 1000n);
}
