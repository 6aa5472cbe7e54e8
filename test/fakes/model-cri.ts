import { criOver } from '../../src/cri/cri-over.ts';
import { criError } from '../../src/cri/failure.ts';
import type { Cri } from '../../src/cri/index.ts';
import { ModelFailure } from './model-failure.ts';
import type { RuntimeModel } from './runtime-model.ts';

/** The model through the port, without gRPC: what the simulator uses. Answers and errors are mapped by the adapter's own code. */
export function modelCri(model: RuntimeModel): Cri {
  return criOver((call, request, options) =>
    model.invoke(call, request, options).catch((failure: unknown) => {
      if (!(failure instanceof ModelFailure)) throw failure;
      throw criError(failure, {
        call,
        socketPath: '/run/model.sock',
        cancelledByUs: options?.signal?.aborted === true,
      });
    }),
  );
}
