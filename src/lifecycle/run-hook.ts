import { type Clock, messageOf, sleep, TinyletError } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { addressText, dialTcp, type HttpGet, httpGet, portOf } from '../net/index.ts';
import type { ExecAction, HttpGetAction, TcpSocketAction } from '../pod/index.ts';
import type { HookRun, RunHook } from './lifecycle.ts';

export interface RunHookOptions {
  readonly cri: Pick<Cri, 'execSync'>;
  readonly clock: Clock;
  /** Told when an HTTPS hook was answered in plain HTTP, with the kubelet's words for the event LifecycleHTTPFallback. */
  readonly onHttpFallback?: (run: HookRun, message: string) => void;
}

const USER_AGENT = 'kube-lifecycle/1.36';
/** No event holds more (core/v1 Event). */
const OUTPUT_LIMIT = 1024;

/**
 * Hooks as the kubelet runs them (kubelet: lifecycle/handlers.go), with no time limit of their own; the signal ends them. A tcpSocket,
 * which the API takes and the kubelet has no handler for, is a connection that is made and closed. Rejects with HOOK_FAILED.
 */
export function createRunHook(options: RunHookOptions): RunHook {
  return async (run, signal) => {
    const { handler } = run;
    switch (handler.kind) {
      case 'exec':
        return exec(options, { run, handler }, signal);
      case 'httpGet':
        return get(options, { run, handler }, signal);
      case 'tcpSocket':
        return connect({ run, handler }, signal);
      case 'sleep':
        await sleep(options.clock, handler.seconds * 1000, signal);
        if (signal.aborted) throw failed('container terminated before sleep hook finished');
    }
  };
}

interface Hook<Handler> {
  readonly run: HookRun;
  readonly handler: Handler;
}

async function exec(
  { cri }: RunHookOptions,
  { run, handler }: Hook<ExecAction>,
  signal: AbortSignal,
): Promise<void> {
  const command = handler.command.join(' ');
  const { exitCode, stdout, stderr } = await failing(
    cri.execSync(run.id, handler.command, { signal, timeoutSeconds: 0 }),
    `command '${command}'`,
  );
  if (exitCode === 0) return;
  const output = Buffer.concat([stdout, stderr]).subarray(0, OUTPUT_LIMIT).toString();
  throw failed(`command '${command}' exited with ${exitCode}: ${output.trimEnd()}`);
}

/** Whatever status is answered, the hook is done: only its being heard counts. */
async function get(
  { onHttpFallback }: RunHookOptions,
  { run, handler }: Hook<HttpGetAction>,
  signal: AbortSignal,
): Promise<void> {
  const { scheme, path, headers } = handler;
  const request: HttpGet = { scheme, ...addressOf({ run, handler }), path, headers, userAgent: USER_AGENT };
  try {
    await httpGet(request, signal);
  } catch (error) {
    if (scheme !== 'HTTPS' || !isPlainAnswer(error)) throw failed(messageOf(error), error);
    await failing(httpGet(inTheClear(request), signal));
    const host = addressText(request.host, request.port);
    const message = `request to HTTPS lifecycle hook ${host} got HTTP response, retry with HTTP succeeded`;
    onHttpFallback?.(run, message);
  }
}

/** What is meant for one who proves who he is must not be read by others. */
function inTheClear(request: HttpGet): HttpGet {
  const headers = request.headers.filter(({ name }) => name.toLowerCase() !== 'authorization');
  return { ...request, scheme: 'HTTP', headers };
}

/** By Go's words for it, as the kubelet tells it (kubelet: isHTTPResponseError). */
function isPlainAnswer(error: unknown): boolean {
  return messageOf(error).includes('server gave HTTP response to HTTPS client');
}

async function connect({ run, handler }: Hook<TcpSocketAction>, signal: AbortSignal): Promise<void> {
  const { host, port } = addressOf({ run, handler });
  await failing(dialTcp(host, port, signal));
}

function addressOf({ run, handler }: Hook<HttpGetAction | TcpSocketAction>): { host: string; port: number } {
  const host = handler.host ?? run.host;
  if (host === undefined) throw failed(`the pod has no address of its own: ${handler.kind} needs a host`);
  const port = portOf(handler.port, run.ports);
  if (port === undefined) throw failed(`the container has no port ${JSON.stringify(handler.port)}`);
  return { host, port };
}

async function failing<T>(promise: Promise<T>, what?: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw failed(what === undefined ? messageOf(error) : `${what}: ${messageOf(error)}`, error);
  }
}

function failed(message: string, cause?: unknown): TinyletError {
  return new TinyletError('HOOK_FAILED', message, { cause });
}
