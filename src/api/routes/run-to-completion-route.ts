import type { ApiRequest, ApiResponse } from '../message.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';
import { Run, type RunPorts } from '../runs/run.ts';
import { answerStreamed, answerWhole, refusalResponse } from '../runs/run-answer.ts';
import { refusalOf, runFailure } from '../runs/run-failure.ts';
import { readRunRequest } from '../runs/run-request.ts';
import { RunSlots } from '../runs/run-slots.ts';

/** Runs one container to its end, and answers its exit code and its output. */
export function runToCompletionRoute(ports: RunPorts & Pick<ApiPorts, 'maxRuns'>): Route {
  const slots = new RunSlots(ports.maxRuns);
  return {
    path: '/',
    methods: ['POST'],
    async handle(request) {
      try {
        return await run(request, ports, slots);
      } catch (error) {
        return refusalResponse(refusalOf(error));
      }
    },
  };
}

async function run(
  { body, query, signal }: ApiRequest,
  ports: RunPorts,
  slots: RunSlots,
): Promise<ApiResponse> {
  const asked = readRunRequest(body);
  const release = slots.take();
  if (release === undefined) {
    const why = `there are ${slots.limit} runs under way, as many as may be at once (--max-runs): try again`;
    return refusalResponse(runFailure(429, 'TooManyRequests', why));
  }
  const started = new Run(ports, asked, { signal, release });
  const isStreamed = ['', '1', 'true'].includes(query.get('stream') ?? 'no');
  return isStreamed ? answerStreamed(started) : answerWhole(started);
}
