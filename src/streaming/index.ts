/**
 * streaming: byte streams between a client and the runtime. In: a connection whose client asked for SPDY or a WebSocket, and where the
 * runtime serves the streams; out: SPDY passed on as it comes, channels of a WebSocket translated to its streams. Invariants: nothing is
 * lost or reordered; who is slow slows the other side down instead of filling memory; a side that ends ends the other.
 */

export { feedInput } from './feed-input.ts';
export type { StreamUrl } from './serve-spdy.ts';
export { type CommandStreams, type PortStreams, serveCommand, servePorts } from './serve-streams.ts';
export type { Upgrade } from './upgrade.ts';
