import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of chance. */
export interface Random {
  /** A random UUID (version 4), lower case with dashes. */
  uuid(): string;
  /** A number in [0, 1). */
  unit(): number;
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  unit: () => Math.random(),
};

/** That many bytes which nobody can guess, for tokens. */
export type Secrets = (bytes: number) => Uint8Array;

export const systemSecrets: Secrets = (bytes) => randomBytes(bytes);
