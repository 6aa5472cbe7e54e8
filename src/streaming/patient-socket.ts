import { Socket } from 'node:net';

type Done = (error?: Error | null) => void;

/**
 * A connection whose last words are heard even though what is said to it comes too late. A runtime that has ended a command tells how and
 * closes; where input is on its way at that moment, writing fails, and a plain socket would be destroyed with what it had not read yet.
 * Here a failed write is the end of writing alone: what follows is said to nobody, and reading goes on to its own end.
 */
export class PatientSocket extends Socket {
  #isDeaf = false;

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    if (this.#isDeaf) done();
    else super._write(chunk, encoding, this.#bearing(done));
  }

  override _writev(chunks: Array<{ chunk: unknown; encoding: BufferEncoding }>, done: Done): void {
    if (this.#isDeaf) done();
    else super._writev?.(chunks, this.#bearing(done));
  }

  override _final(done: Done): void {
    if (this.#isDeaf) done();
    else super._final(this.#bearing(done));
  }

  #bearing(done: Done): Done {
    return (error) => {
      if (error) this.#isDeaf = true;
      done();
    };
  }
}
