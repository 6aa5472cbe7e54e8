import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cri, PodSandboxConfig } from '../../src/cri/index.ts';
import { createNodeProbe } from '../../src/host/index.ts';
import {
  asOwnerId,
  asPodUid,
  type Container,
  type ContainerId,
  noObjects,
  type Pod,
  type PodUid,
  type SandboxId,
} from '../../src/pod/index.ts';
import { containerConfig, type Place, podLogDirectory, sandboxConfig } from '../../src/podspec/index.ts';

/** A pod that is about to be made, or was, by nothing but the calls themselves. */
export interface RawPod {
  readonly pod: Pod;
  readonly uid: PodUid;
  readonly sandbox: PodSandboxConfig;
  sandboxId?: SandboxId;
  readonly containerIds: ContainerId[];
}

const OWNER = asOwnerId('bench');

/** The CRI calls that tinylet makes for a pod, with the very same configs, and nothing between them. */
export class RawPods {
  readonly #cri: Cri;
  readonly #logDir: string;
  readonly #imageId: string;
  readonly #place: Place;

  private constructor(cri: Cri, logDir: string, made: { imageId: string; place: Place }) {
    this.#cri = cri;
    this.#logDir = logDir;
    this.#imageId = made.imageId;
    this.#place = made.place;
  }

  static async on(cri: Cri, { logDir, image }: { logDir: string; image: string }): Promise<RawPods> {
    const found = await cri.imageStatus(image);
    if (found === undefined) throw new Error(`image ${image} is not present`);
    return new RawPods(cri, logDir, { imageId: found.id, place: await placeOf(cri, logDir) });
  }

  /** What need not be timed: identity, configs, the log directories. */
  async prepare(pod: Pod): Promise<RawPod> {
    const uid = asPodUid(randomUUID());
    const { name, namespace } = pod.metadata;
    const directory = podLogDirectory(this.#logDir, { namespace, name, uid });
    for (const container of pod.spec.containers)
      await mkdir(join(directory, container.name), { recursive: true });
    const identity = { uid, owner: OWNER, attempt: 0, file: 'bench.yaml', logDir: this.#logDir };
    return { pod, uid, sandbox: sandboxConfig(pod, identity, this.#place), containerIds: [] };
  }

  async start(raw: RawPod): Promise<void> {
    raw.sandboxId = await this.#cri.runSandbox(raw.sandbox);
    for (const container of raw.pod.spec.containers)
      raw.containerIds.push(await this.#run(raw, container, 0));
  }

  /** Replaces the first container by that of the edited pod. */
  async edit(raw: RawPod, edited: Pod): Promise<void> {
    const [container] = edited.spec.containers;
    const [before] = raw.containerIds;
    if (container === undefined || before === undefined) throw new Error('nothing to replace');
    await this.#cri.stopContainer(before, edited.spec.terminationGracePeriodSeconds);
    raw.containerIds.push(await this.#run(raw, container, 1));
  }

  async remove(raw: RawPod): Promise<void> {
    const { sandboxId, containerIds, pod } = raw;
    if (sandboxId === undefined) return;
    const graceSeconds = pod.spec.terminationGracePeriodSeconds;
    await Promise.all(containerIds.map((id) => this.#cri.stopContainer(id, graceSeconds)));
    await this.#cri.stopSandbox(sandboxId);
    await this.#cri.removeSandbox(sandboxId);
  }

  async #run({ pod, uid, sandbox, sandboxId }: RawPod, container: Container, attempt: number) {
    if (sandboxId === undefined) throw new Error('a container needs its sandbox');
    const identity = { uid, owner: OWNER, attempt, backoffStep: 0 };
    const parts = {
      variables: new Map<string, string>(),
      image: { imageId: this.#imageId, user: { username: '' } },
      mounts: [],
      devices: [],
    };
    const config = containerConfig({ pod, container }, identity, parts, this.#place);
    const id = await this.#cri.createContainer({ sandboxId, config, sandboxConfig: sandbox });
    await this.#cri.startContainer(id);
    return id;
  }
}

/** This machine as tinylet sees it, but for the pods' own cgroups: nothing is prepared for raw pods, what that costs is measured. */
async function placeOf(cri: Cri, rootDir: string): Promise<Place> {
  const settings = { allowedUnsafeSysctls: [], clusterDomain: 'cluster.local', seccompDir: rootDir };
  const node = await createNodeProbe({ nodeName: 'bench', rootDir, settings }).facts();
  const unprepared = { ...node, cgroups: { ...node.cgroups, shared: false } };
  return { node: unprepared, runtime: await cri.facts(), uses: noObjects };
}
