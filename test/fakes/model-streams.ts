import type { StreamFlags } from '../../src/cri/index.ts';
import { notFound, refused } from './model-failure.ts';
import type { Handlers } from './model-sandboxes.ts';
import type { ModelState } from './model-state.ts';

type StreamCalls = 'Exec' | 'Attach' | 'PortForward';

/** Where streams would be served: the model has the URLs, and nobody listens behind them. */
export function streamHandlers(state: ModelState): Handlers<StreamCalls> {
  const urlOf = (kind: string): { url: string } => ({ url: `http://127.0.0.1:1/${kind}/${state.newId()}` });
  return {
    Exec({ container_id: id = '', ...flags }) {
      checkRuns(state, id);
      checkFlags(flags);
      return urlOf('exec');
    },
    Attach({ container_id: id = '', ...flags }) {
      checkRuns(state, id);
      checkFlags(flags);
      return urlOf('attach');
    },
    PortForward({ pod_sandbox_id: id = '' }) {
      const sandbox = state.sandboxes.get(id);
      if (sandbox === undefined) throw notFound(`failed to find sandbox "${id}": not found`);
      if (sandbox.state !== 'ready') throw refused('sandbox container is not running');
      return urlOf('portforward');
    },
  };
}

function checkRuns(state: ModelState, id: string): void {
  const container = state.containers.get(id);
  if (container === undefined)
    throw notFound(`an error occurred when try to find container "${id}": not found`);
  if (container.state !== 'running')
    throw refused(`container is in CONTAINER_${container.state.toUpperCase()} state`);
}

function checkFlags({ stdin, stdout, stderr, tty }: Partial<StreamFlags>): void {
  if (!stdin && !stdout && !stderr) throw refused('one of stdin, stdout, or stderr must be set');
  if (tty && stderr) throw refused('tty and stderr cannot both be true');
}
