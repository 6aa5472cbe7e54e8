import { type BridgeEnds, ChannelBridge, WELL } from './channel-bridge.ts';

/**
 * Ports of a pod between a WebSocket and the runtime: each has a channel for its data and one for what went wrong, and both begin with
 * the port, two bytes, the lower one first (kubelet: pkg/kubelet/cri/streaming/portforward/websocket.go). Resolves when all is closed.
 */
export async function bridgePorts(ends: BridgeEnds, ports: readonly number[]): Promise<void> {
  const bridge = new ChannelBridge(ends);
  const onEnd = (): void => {
    if (bridge.openStreams === 0) bridge.close(WELL);
  };
  const opened = ports.flatMap((port, index) => {
    const [data, error] = [2 * index, 2 * index + 1];
    for (const channel of [data, error]) bridge.send(channel, portBytes(port));
    const about = { port: String(port), requestid: String(index) };
    const errors = bridge.open(error, { streamtype: 'error', ...about }, onEnd);
    return [
      errors.then(() => bridge.endInput(error)),
      bridge.open(data, { streamtype: 'data', ...about }, onEnd),
    ];
  });
  await Promise.allSettled(opened);
  await bridge.serve(() => true);
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port, 0);
  return bytes;
}
