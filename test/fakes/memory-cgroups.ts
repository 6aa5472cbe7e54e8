import { TinyletError } from '../../src/base/index.ts';
import type { PodCgroups } from '../../src/host/index.ts';
import type { PodCgroup, PodUid } from '../../src/pod/index.ts';
import { Writes } from './store-trouble.ts';

/** The pods' cgroups, which outlive the daemon. */
export class MemoryCgroups implements PodCgroups {
  readonly #pods = new Map<PodUid, PodCgroup>();
  readonly #writes: Writes;

  constructor(writes = new Writes()) {
    this.#writes = writes;
  }

  get uids(): readonly PodUid[] {
    return [...this.#pods.keys()];
  }

  get(uid: PodUid): PodCgroup | undefined {
    return this.#pods.get(uid);
  }

  async setUp(uid: PodUid, cgroup: PodCgroup): Promise<void> {
    await this.#writes.one(() => new TinyletError('CGROUP', 'cannot make a cgroup: no space left on device'));
    this.#pods.set(uid, cgroup);
  }

  async remove(uid: PodUid): Promise<void> {
    await this.#writes.one(
      () => new TinyletError('CGROUP', 'cannot remove a cgroup: device or resource busy'),
    );
    this.#pods.delete(uid);
  }
}
