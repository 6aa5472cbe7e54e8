import { createHash } from 'node:crypto';
import type { AuthConfig, Image } from '../../src/cri/messages.generated.ts';
import { notFound, refused } from './model-failure.ts';
import { type Handlers, msToNs } from './model-sandboxes.ts';
import type { ModelImage, ModelState } from './model-state.ts';

/** What a registry has under a name. */
export interface RegistryImage {
  readonly pullMs?: number;
  /** Pulling fails with these words. */
  readonly pullError?: string;
  /** Whom it is meant to run as, as a Dockerfile's USER has it. */
  readonly user?: string;
  /** Only who has these may pull it. */
  readonly private?: { readonly username: string; readonly password: string };
}

type ImageCalls = 'ImageStatus' | 'ListImages' | 'PullImage' | 'RemoveImage' | 'ImageFsInfo';

export function imageHandlers(
  state: ModelState,
  registry: ReadonlyMap<string, RegistryImage>,
): Handlers<ImageCalls> {
  return {
    ImageStatus({ image }) {
      const found = state.imageNamed(image?.image ?? '');
      return found === undefined ? {} : { image: shown(found) };
    },
    ListImages: () => ({ images: [...state.images.values()].map(shown) }),
    async PullImage({ image, auth }, { scope }) {
      const name = image?.image ?? '';
      const remote = registry.get(name);
      await scope.workWhileWanted(remote?.pullMs ?? 0);
      if (remote === undefined) {
        throw notFound(
          `failed to pull and unpack image "${name}": failed to resolve reference "${name}": not found`,
        );
      }
      if (remote.pullError !== undefined) throw refused(remote.pullError);
      if (!mayPull(remote, auth)) throw refused(unauthorized(name));
      return { image_ref: addImage(state, name, remote).id };
    },
    ImageFsInfo() {
      const usedBytes = [...state.images.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return {
        image_filesystems: [
          {
            timestamp: msToNs(state.clock.nowMs()),
            fs_id: { mountpoint: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs' },
            used_bytes: { value: usedBytes },
          },
        ],
      };
    },
    RemoveImage({ image }) {
      const found = state.imageNamed(image?.image ?? '');
      if (found === undefined) return {};
      state.images.delete(found.id);
      state.changed('image', found.id, 'removed');
      return {};
    },
  };
}

/** The id depends on the name alone. */
export function addImage(state: ModelState, name: string, { user = '' }: RegistryImage = {}): ModelImage {
  const id = `sha256:${createHash('sha256').update(name).digest('hex')}`;
  const image = state.images.get(id) ?? { id, tags: new Set([name]), sizeBytes: 1_000_000, user };
  state.images.set(id, image);
  state.changed('image', id, 'pulled');
  return image;
}

function mayPull({ private: owner }: RegistryImage, auth: AuthConfig | undefined): boolean {
  return owner === undefined || (auth?.username === owner.username && auth.password === owner.password);
}

function unauthorized(name: string): string {
  return `failed to pull and unpack image "${name}": failed to resolve reference "${name}": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`;
}

/** A group in USER is for the runtime alone; a number is a user id, everything else a name. */
function shown({ id, tags, sizeBytes, user }: ModelImage): Image {
  const [name = ''] = user.split(':');
  const numeric = /^\d+$/.test(name);
  return {
    id,
    repo_tags: [...tags],
    repo_digests: [],
    size: sizeBytes,
    ...(numeric && { uid: { value: name } }),
    username: numeric ? '' : name,
    pinned: false,
  };
}
