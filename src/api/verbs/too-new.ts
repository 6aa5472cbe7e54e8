import { ApiFailure } from '../../apimachinery/index.ts';

/**
 * A version that nothing here has yet: of another node, or of this one before its clock was set back. Clients begin anew when they read
 * this cause (apiserver: storage.NewTooLargeResourceVersionError).
 */
export function refuseTooNew(asked: number | undefined, current: number): void {
  if (asked === undefined || asked <= current) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new ApiFailure('Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes,
    retryAfterSeconds: 1,
  });
}
