/** One message of a WebSocket with several channels. */
export interface ChannelMessage {
  readonly channel: number;
  readonly data: Buffer;
}

/** How channels share a WebSocket (apimachinery: pkg/util/httpstream/wsstream). */
export interface ChannelProtocol {
  /** What is spoken to the runtime for it. The first one knows no sizes of terminals, and tells of no success. */
  readonly runtime: 'v4.channel.k8s.io' | 'channel.k8s.io';
  /** Messages are text: the channel as a digit, then base64. Otherwise the channel is a byte. */
  readonly base64: boolean;
  /** Clients say with `[255, channel]` that no more comes on a channel. */
  readonly closes: boolean;
}

const V4 = { runtime: 'v4.channel.k8s.io', base64: false, closes: false } as const;
const FIRST = { runtime: 'channel.k8s.io', base64: false, closes: false } as const;

/** By their names in Sec-WebSocket-Protocol. */
export const COMMAND_PROTOCOLS: Readonly<Record<string, ChannelProtocol>> = {
  'v5.channel.k8s.io': { ...V4, closes: true },
  'v4.channel.k8s.io': V4,
  'v4.base64.channel.k8s.io': { ...V4, base64: true },
  'channel.k8s.io': FIRST,
  'base64.channel.k8s.io': { ...FIRST, base64: true },
};

export const PORT_PROTOCOLS: Readonly<Record<string, ChannelProtocol>> = {
  'v4.channel.k8s.io': V4,
  'v4.base64.channel.k8s.io': { ...V4, base64: true },
};

/** Of clients that name no protocol at all. */
export const UNNAMED_COMMAND_PROTOCOL: ChannelProtocol = FIRST;
export const UNNAMED_PORT_PROTOCOL: ChannelProtocol = V4;

export const CLOSE_CHANNEL = 255;
const DIGIT_ZERO = 0x30;

export function readMessage(message: Buffer, { base64 }: ChannelProtocol): ChannelMessage | undefined {
  const [first] = message;
  if (first === undefined) return undefined;
  const rest = message.subarray(1);
  if (!base64) return { channel: first, data: rest };
  return { channel: first - DIGIT_ZERO, data: Buffer.from(rest.toString('latin1'), 'base64') };
}

export function writeMessage({ channel, data }: ChannelMessage, { base64 }: ChannelProtocol): Buffer {
  if (!base64) return Buffer.concat([Buffer.from([channel]), data]);
  return Buffer.from(`${String.fromCharCode(DIGIT_ZERO + channel)}${data.toString('base64')}`, 'latin1');
}
