import { currentLog, parseRotated } from './log-names.ts';

/** A regular file in a container's log directory. */
export interface LogFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** The same for two names of one file. */
  readonly identity: string;
}

/** What is to become of rotated logs before the next one joins them, in this order. */
export interface RotationPlan {
  /** File names. */
  readonly remove: readonly string[];
  /** File names, oldest first. */
  readonly compress: readonly string[];
  /** The newest stamp that was there, if any: the next one follows it. */
  readonly newest: string | undefined;
}

/**
 * What the files of one instance call for (kubelet: containerLogManager.rotateLog). Of `maxFiles` one is written to and one was just
 * rotated and stays as it is, for whoever still reads it; all others are compressed. What a crash left heals here:
 * a file in the making goes; of a compressed one the plain twin goes; a second name of the file in use goes, not the file.
 */
export function planRotation(
  files: readonly LogFile[],
  { attempt, maxFiles }: { readonly attempt: number; readonly maxFiles: number },
): RotationPlan {
  const current = files.find(({ name }) => name === currentLog(attempt));
  const rotated = files
    .flatMap((file) => {
      const parsed = parseRotated(file.name, attempt);
      return parsed === undefined ? [] : [{ ...file, ...parsed }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const compressed = new Set(rotated.flatMap(({ form, stamp }) => (form === 'gz' ? stamp : [])));
  const isWhole = ({ form, stamp, identity }: (typeof rotated)[number]): boolean =>
    form === 'gz' || (form === 'plain' && !compressed.has(stamp) && identity !== current?.identity);
  const whole = rotated.filter(isWhole);
  const kept = new Set(whole.slice(Math.max(0, whole.length - (maxFiles - 2))));
  return {
    remove: rotated.filter((file) => !kept.has(file)).map(({ name }) => name),
    compress: [...kept].filter(({ form }) => form === 'plain').map(({ name }) => name),
    newest: rotated.at(-1)?.stamp,
  };
}
