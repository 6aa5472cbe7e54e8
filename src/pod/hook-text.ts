import type { HookHandler, HttpGetAction, TcpSocketAction } from './probe.ts';

/** A hook as JSON in the words of core/v1 (LifecycleHandler): what the annotation of a container holds of its preStop. */
export function hookText(handler: HookHandler): string {
  return JSON.stringify(asWritten(handler));
}

/**
 * Reads what `hookText` or a kubelet wrote; undefined where no hook can be made of it. It may come from a container of another owner,
 * so nothing of its form is taken for granted.
 */
export function readHookText(text: string): HookHandler | undefined {
  const handler = parsed(text);
  if (!isObject(handler)) return undefined;
  const { exec, httpGet, tcpSocket, sleep } = handler;
  if (isObject(exec)) return isTexts(exec.command) ? { kind: 'exec', command: exec.command } : undefined;
  if (isObject(httpGet)) return httpGetOf(httpGet);
  if (isObject(tcpSocket)) return tcpSocketOf(tcpSocket);
  if (!isObject(sleep)) return undefined;
  const { seconds = 0 } = sleep;
  return typeof seconds === 'number' && seconds >= 0 ? { kind: 'sleep', seconds } : undefined;
}

function asWritten(handler: HookHandler): object {
  switch (handler.kind) {
    case 'exec':
      return { exec: { command: handler.command } };
    case 'httpGet': {
      const { path, port, host, scheme, headers } = handler;
      return {
        httpGet: { path, port, host, scheme, httpHeaders: headers.length > 0 ? headers : undefined },
      };
    }
    case 'tcpSocket':
      return { tcpSocket: { port: handler.port, host: handler.host } };
    case 'sleep':
      return { sleep: { seconds: handler.seconds } };
  }
}

function httpGetOf(fields: Fields): HttpGetAction | undefined {
  const { path = '/', scheme = 'HTTP', httpHeaders = [] } = fields;
  const place = placeOf(fields);
  const isWhole =
    typeof path === 'string' && (scheme === 'HTTP' || scheme === 'HTTPS') && Array.isArray(httpHeaders);
  if (place === undefined || !isWhole) return undefined;
  const headers = httpHeaders.filter(isHeader).map(({ name, value = '' }) => ({ name, value }));
  return { kind: 'httpGet', path, ...place, scheme, headers };
}

function tcpSocketOf(fields: Fields): TcpSocketAction | undefined {
  const place = placeOf(fields);
  return place && { kind: 'tcpSocket', ...place };
}

function placeOf({ port, host }: Fields): Pick<TcpSocketAction, 'port' | 'host'> | undefined {
  if (typeof port !== 'number' && typeof port !== 'string') return undefined;
  return { port, ...(typeof host === 'string' && host !== '' && { host }) };
}

function isHeader(value: unknown): value is { readonly name: string; readonly value?: string } {
  if (!isObject(value)) return false;
  return typeof value.name === 'string' && (value.value === undefined || typeof value.value === 'string');
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
