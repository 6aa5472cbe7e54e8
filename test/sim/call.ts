import type { ContainerConfig } from '../../src/cri/index.ts';

/** A change to the runtime that a daemon asked for. */
export interface Call {
  readonly sequence: number;
  readonly name: string;
  readonly request: CallRequest;
  readonly uid: string | undefined;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly daemon: object | undefined;
}

/** What the requests of changing calls have in common. */
export interface CallRequest {
  readonly pod_sandbox_id?: string;
  readonly container_id?: string;
  readonly timeout?: number;
  readonly config?: {
    readonly metadata?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly uid?: string;
      readonly attempt?: number;
    };
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly envs?: ContainerConfig['envs'];
  };
  readonly sandbox_config?: { readonly annotations?: Readonly<Record<string, string>> };
}
