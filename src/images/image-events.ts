import { goDuration } from '../base/index.ts';
import type { PodEvent, TellEvent } from '../pod/index.ts';
import type { ImageNeed } from './image-need.ts';
import type { PulledImage } from './image-pulls.ts';

/** A failure as the waiting container shows it. */
export interface ImageFailure {
  readonly reason: string;
  readonly message: string;
  /** What its event says, where that is something else. */
  readonly told?: string;
}

/** Reasons of failures with the event that tells of each (kubelet: images/image_manager.go). */
const EVENT_REASONS: Readonly<Record<string, string>> = {
  InvalidImageName: 'InspectFailed',
  ImageInspectError: 'InspectFailed',
  ErrImageNeverPull: 'ErrImageNeverPull',
};

/** What becomes of images, as events of the pods that need them: the kubelet's reasons and words. */
export class ImageEvents {
  readonly #tell: TellEvent;

  constructor(tell: TellEvent) {
    this.#tell = tell;
  }

  present(need: ImageNeed): void {
    this.#say(need, 'Normal', 'Pulled', `Container image "${need.image}" already present on machine`);
  }

  pulling(need: ImageNeed): void {
    this.#say(need, 'Normal', 'Pulling', `Pulling image "${need.image}"`);
  }

  pulled(need: ImageNeed, { durationMs, waitedMs }: PulledImage, sizeBytes: number): void {
    const took = `${goDuration(durationMs)} (${goDuration(waitedMs)} including waiting)`;
    const message = `Successfully pulled image "${need.image}" in ${took}. Image size: ${sizeBytes} bytes.`;
    this.#say(need, 'Normal', 'Pulled', message);
  }

  failed(need: ImageNeed, { reason, message, told = message }: ImageFailure): void {
    this.#say(need, 'Warning', EVENT_REASONS[reason] ?? 'Failed', told);
    this.#error(need, reason);
  }

  backingOff(need: ImageNeed): void {
    this.#say(need, 'Normal', 'BackOff', `Back-off pulling image "${need.image}"`);
    this.#error(need, 'ImagePullBackOff');
  }

  /** The pod's secrets that gave no credentials (kubelet: getPullSecretsForPod); about the pod, not a container. */
  withoutSecrets({ uid, namespace, name }: ImageNeed, secrets: readonly string[]): void {
    const message = `Unable to retrieve some image pull secrets (${secrets.join(', ')}); attempting to pull the image may not succeed.`;
    const reason = 'FailedToRetrieveImagePullSecret';
    this.#tell({ uid, namespace, name, type: 'Warning', reason, message });
  }

  /** What a container's start comes to (kubelet: startContainer); a volume has no start. */
  #error(need: ImageNeed, reason: string): void {
    if (need.fieldPath !== undefined) this.#say(need, 'Warning', 'Failed', `Error: ${reason}`);
  }

  #say(need: ImageNeed, type: PodEvent['type'], reason: string, message: string): void {
    const { uid, namespace, name, fieldPath } = need;
    this.#tell({
      uid,
      namespace,
      name,
      ...(fieldPath !== undefined && { fieldPath }),
      type,
      reason,
      message,
    });
  }
}
