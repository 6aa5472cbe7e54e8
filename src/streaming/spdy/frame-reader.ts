import { FLAG_FIN, HEAD_BYTES, readHead, VERSION } from './frames.ts';

/** Data comes in parts as they arrive, whatever the length of its frame; `fin` stands with the last one, which may be empty. */
export type Frame =
  | { readonly kind: 'data'; readonly streamId: number; readonly part: Buffer; readonly fin: boolean }
  | { readonly kind: 'control'; readonly type: number; readonly fin: boolean; readonly payload: Buffer };

/** Control frames are kept until they are whole. None that belongs here comes near to this. */
const MAX_CONTROL_BYTES = 64 * 1024;

type State =
  | { readonly at: 'head' }
  | { readonly at: 'data'; readonly streamId: number; readonly fin: boolean; readonly left: number }
  | { readonly at: 'control'; readonly type: number; readonly fin: boolean; readonly length: number };

/** Finds the frames in a stream of bytes that is cut anywhere. */
export class FrameReader {
  #state: State = { at: 'head' };
  #bytes: Buffer = Buffer.alloc(0);

  /** Throws where the bytes are no SPDY/3 frames. */
  *read(chunk: Buffer): Generator<Frame> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const state = this.#state;
      if (state.at === 'head') {
        if (this.#bytes.length < HEAD_BYTES) return;
        this.#state = stateAfter(this.#take(HEAD_BYTES));
      } else if (state.at === 'control') {
        if (this.#bytes.length < state.length) return;
        this.#state = { at: 'head' };
        yield {
          kind: 'control',
          type: state.type,
          fin: state.fin,
          payload: this.#take(state.length),
        };
      } else {
        if (this.#bytes.length === 0 && state.left > 0) return;
        yield this.#part(state);
      }
    }
  }

  #part({ streamId, fin, left }: State & { readonly at: 'data' }): Frame {
    const part = this.#take(Math.min(left, this.#bytes.length));
    const after = left - part.length;
    this.#state = after === 0 ? { at: 'head' } : { at: 'data', streamId, fin, left: after };
    return { kind: 'data', streamId, part, fin: fin && after === 0 };
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

function stateAfter(bytes: Buffer): State {
  const { streamId, flags, length, version, type } = readHead(bytes);
  const fin = (flags & FLAG_FIN) !== 0;
  if (streamId !== undefined) return { at: 'data', streamId, fin, left: length };
  if (version !== VERSION) throw new Error(`a frame of SPDY version ${version}`);
  if (length > MAX_CONTROL_BYTES) throw new Error(`a control frame of ${length} bytes`);
  return { at: 'control', type, fin, length };
}
