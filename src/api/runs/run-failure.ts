import { ApiFailure } from '../../apimachinery/index.ts';

/** Why there is no exit code to tell. */
export interface RunFailure {
  readonly state: 'failure';
  /** Of HTTP. */
  readonly status: number;
  /** In a word: DeadlineExceeded, ErrImagePull. */
  readonly error: string;
  readonly message: string;
}

export function runFailure(status: number, error: string, message: string): RunFailure {
  return { state: 'failure', status, error, message };
}

/** What refuses a request refuses the run; throws what is none of that. */
export function refusalOf(error: unknown): RunFailure {
  if (error instanceof ApiFailure) return runFailure(error.code, error.reason, error.message);
  throw error;
}
