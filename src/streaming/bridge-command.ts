import type { StreamFlags } from '../cri/index.ts';
import { type BridgeEnds, ChannelBridge } from './channel-bridge.ts';

/** Kubernetes' numbers of the channels (kubelet: pkg/server/remotecommand). */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

type StreamName = keyof typeof CHANNEL;

/** The streams of a command between a WebSocket and the runtime. Resolves when both are closed. */
export async function bridgeCommand(ends: BridgeEnds, flags: StreamFlags): Promise<void> {
  const bridge = new ChannelBridge(ends);
  const isFirst = ends.protocol.runtime === 'channel.k8s.io';
  const opened = streamsOf(flags, isFirst).map((name) => bridge.open(CHANNEL[name], { streamtype: name }));
  // A stream that cannot be opened is the end of the connection, which tells its client.
  await Promise.allSettled(opened);
  // What ends without a status has broken off, but for the first protocol, which has none for success.
  await bridge.serve(() => isFirst || bridge.hasSent(CHANNEL.error));
}

/** Just these the runtime waits for, in any order. */
function streamsOf({ stdin, stdout, stderr, tty }: StreamFlags, isFirst: boolean): readonly StreamName[] {
  return [
    'error',
    ...(stdin ? ['stdin' as const] : []),
    ...(stdout ? ['stdout' as const] : []),
    ...(stderr ? ['stderr' as const] : []),
    ...(tty && !isFirst ? ['resize' as const] : []),
  ];
}
