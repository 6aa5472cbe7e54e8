import { StringDecoder } from 'node:string_decoder';
import type { JsonObject } from '../../base/index.ts';
import { type ApiResponse, type BodySink, jsonResponse } from '../message.ts';
import { HeadAndTail } from './head-and-tail.ts';
import type { Run } from './run.ts';
import type { RunFailure } from './run-failure.ts';
import type { RunExit } from './run-progress.ts';

/** Of an output that is answered as a whole. */
const MAX_OUTPUT_BYTES = 1024 ** 2;

/** Runs it to its end, then answers with all of its output, or head and tail of it. */
export async function answerWhole(run: Run): Promise<ApiResponse> {
  const failure = await run.begin();
  if (failure !== undefined) return refusalResponse(failure);
  const output = new HeadAndTail(MAX_OUTPUT_BYTES);
  const end = await run.follow(async (part) => output.add(part));
  const { text, leftOutBytes } = output.kept();
  const truncated = leftOutBytes > 0 && { truncated: true };
  if (end.state === 'exited')
    return jsonResponse(200, { exit_code: end.exitCode, output: text, ...reasonsOf(end), ...truncated });
  return refusalResponse(end, text === '' ? {} : { output: text, ...truncated });
}

/** The output as it comes: a line of JSON for each piece, and a last one with how it ended. */
export async function answerStreamed(run: Run): Promise<ApiResponse> {
  const failure = await run.begin();
  if (failure !== undefined) return refusalResponse(failure);
  return {
    status: 200,
    headers: { 'content-type': 'application/x-ndjson', 'x-content-type-options': 'nosniff' },
    body: (sink) => stream(run, sink),
  };
}

/** As every answer without an exit code is written. */
export function refusalResponse(
  { status, error, message }: RunFailure,
  further: JsonObject = {},
): ApiResponse {
  return jsonResponse(status, { error, message, ...further }, status === 429 ? { 'retry-after': '1' } : {});
}

async function stream(run: Run, sink: BodySink): Promise<void> {
  // A character may be cut between two pieces.
  const decoder = new StringDecoder('utf8');
  const say = async (output: string): Promise<void> => {
    if (output !== '') await sink.write(line({ output }));
  };
  const end = await run.follow((part) =>
    say(decoder.write(Buffer.from(part.buffer, part.byteOffset, part.length))),
  );
  await say(decoder.end());
  if (end.state === 'exited') await sink.write(line({ exit_code: end.exitCode, ...reasonsOf(end) }));
  else await sink.write(line({ error: end.error, message: end.message }));
}

function reasonsOf({ reason, message }: RunExit): JsonObject {
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}

function line(value: JsonObject): string {
  return `${JSON.stringify(value)}\n`;
}
