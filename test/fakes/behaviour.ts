import type { Clock, Timer } from '../../src/base/index.ts';
import type { ContainerConfig } from '../../src/cri/index.ts';

/** What the main process of a container does. Everything absent: it runs for ever and dies of its stop signal at once. */
export interface Behaviour {
  /** It ends by itself after this time. */
  readonly exitAfterMs?: number;
  /** How it ends by itself; 0 if not said. */
  readonly exitCode?: number;
  /** The runtime's word for the end, where it is not simply Completed or Error. */
  readonly exitReason?: string;
  /** What the stop signal does to it. */
  readonly onStop?: 'ignore' | StopBehaviour;
  /** It cannot be started at all: the words of the runtime. */
  readonly startError?: string;
}

export interface StopBehaviour {
  readonly afterMs: number;
  /** As of a process that the signal ended, if not said. */
  readonly exitCode?: number;
  /** The how manieth signal it heeds; the first if not said. */
  readonly heeds?: number;
}

/** What a command does that is run in a container. Everything absent: it ends well at once and says nothing. */
export interface CommandBehaviour {
  readonly takesMs?: number;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** It cannot be run at all: the words of the runtime. */
  readonly startError?: string;
}

/** The container a command is run in, at the moment it begins. */
export interface CommandPlace {
  readonly config: ContainerConfig;
  /** Since the container was started. */
  readonly sinceStartMs: number;
  /** Other commands that run in it. */
  readonly beside: number;
}

export type CommandOf = (command: readonly string[], place: CommandPlace) => CommandBehaviour;

export type BehaviourOf = (config: ContainerConfig) => Behaviour;

const SIGTERM_CODE = 143;
const SIGKILL_CODE = 137;

export interface Exit {
  readonly code: number;
  readonly reason: string;
}

/** The main process of a container: it lives on whatever becomes of the runtime. */
export class FakeProcess {
  readonly #clock: Clock;
  readonly #behaviour: Behaviour;
  readonly #onExit: (exit: Exit) => void;
  readonly #timers: Timer[] = [];
  #ended = false;
  #signals = 0;

  constructor(clock: Clock, behaviour: Behaviour, onExit: (exit: Exit) => void) {
    this.#clock = clock;
    this.#behaviour = behaviour;
    this.#onExit = onExit;
    const { exitAfterMs, exitCode = 0, exitReason } = behaviour;
    if (exitAfterMs !== undefined) this.#endAfter(exitAfterMs, exitCode, exitReason);
  }

  stopSignal(): void {
    const { onStop = { afterMs: 0 } } = this.#behaviour;
    this.#signals += 1;
    if (onStop === 'ignore' || this.#signals < (onStop.heeds ?? 1)) return;
    this.#endAfter(onStop.afterMs, onStop.exitCode ?? SIGTERM_CODE);
  }

  kill(): void {
    this.end(SIGKILL_CODE);
  }

  end(code: number, reason = code === 0 ? 'Completed' : 'Error'): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) timer.cancel();
    this.#onExit({ code, reason });
  }

  #endAfter(delayMs: number, code: number, reason?: string): void {
    if (!this.#ended) this.#timers.push(this.#clock.setTimer(delayMs, () => this.end(code, reason)));
  }
}
