import { dirname } from 'node:path';

/** Whether a manifest comes from a URL: its file is named by the whole URL, any other by an absolute path. */
export function isManifestUrl(file: string): boolean {
  return /^https?:\/\//.test(file);
}

/** The directory a manifest lies in, as snapshots name it. A URL is its own. */
export function sourceOf(file: string): string {
  return isManifestUrl(file) ? file : dirname(file);
}

/** What to do about what is defined there: `edit or delete that file`. */
export function howToChange(file: string): string {
  return isManifestUrl(file) ? 'change what that URL answers' : 'edit or delete that file';
}
