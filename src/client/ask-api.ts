import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  messageOf,
  TinyletError,
  textAt,
} from '../base/index.ts';
import { answerText } from './answer-text.ts';
import { type ClientAnswer, type ClientRequest, type NodeClient, unreachable } from './node-client.ts';

/** An object of the API, and what was said beside it. */
export interface AnsweredObject extends Pick<ClientAnswer, 'status' | 'headers'> {
  readonly object: JsonObject;
}

/** One object of the API: what it answers, or API_REFUSED with the words of its Status; `facts` has its `code` and `reason`. */
export async function askApi(client: NodeClient, request: ClientRequest): Promise<JsonObject> {
  return (await askApiFully(client, request)).object;
}

/** The same with its status and headers. */
export async function askApiFully(client: NodeClient, request: ClientRequest): Promise<AnsweredObject> {
  const answer = await accepted(await client.send(request));
  const { status, headers } = answer;
  return { status, headers, object: await readObject(client, answer) };
}

/** The answer itself, where it is none of refusal; rejects with API_REFUSED otherwise. */
export async function accepted(answer: ClientAnswer): Promise<ClientAnswer> {
  if (answer.status < 400) return answer;
  throw refusal(answer.status, await answerText(answer));
}

async function readObject({ socketPath }: NodeClient, answer: ClientAnswer): Promise<JsonObject> {
  try {
    const value: unknown = JSON.parse(await answerText(answer));
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw unreachable(socketPath, `its answer cannot be read: ${messageOf(cause)}`, cause);
  }
  throw unreachable(socketPath, 'its answer is no object');
}

function refusal(code: number, text: string): TinyletError {
  const status = jsonOf(text);
  const message = textAt(status, 'message') || `the daemon answered ${code}`;
  return new TinyletError('API_REFUSED', message, { facts: { code, reason: textAt(status, 'reason') } });
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
