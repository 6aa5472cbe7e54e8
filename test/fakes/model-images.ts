import { createHash } from 'node:crypto';
import type { Image } from '../../src/cri/messages.generated.ts';
import { notFound, refused } from './model-failure.ts';
import type { Handlers } from './model-sandboxes.ts';
import type { ModelImage, ModelState } from './model-state.ts';

/** What a registry has under a name. */
export interface RegistryImage {
  readonly pullMs?: number;
  /** Pulling fails with these words. */
  readonly pullError?: string;
}

type ImageCalls = 'ImageStatus' | 'ListImages' | 'PullImage' | 'RemoveImage';

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
    async PullImage({ image }, { scope }) {
      const name = image?.image ?? '';
      const remote = registry.get(name);
      await scope.workWhileWanted(remote?.pullMs ?? 0);
      if (remote === undefined) {
        throw notFound(
          `failed to pull and unpack image "${name}": failed to resolve reference "${name}": not found`,
        );
      }
      if (remote.pullError !== undefined) throw refused(remote.pullError);
      return { image_ref: addImage(state, name).id };
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
export function addImage(state: ModelState, name: string): ModelImage {
  const id = `sha256:${createHash('sha256').update(name).digest('hex')}`;
  const image = state.images.get(id) ?? { id, tags: new Set([name]), sizeBytes: 1_000_000 };
  state.images.set(id, image);
  state.changed('image', id, 'pulled');
  return image;
}

function shown(image: ModelImage): Image {
  return {
    id: image.id,
    repo_tags: [...image.tags],
    repo_digests: [],
    size: image.sizeBytes,
    username: '',
    pinned: false,
  };
}
