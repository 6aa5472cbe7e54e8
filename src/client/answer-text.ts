import type { ClientAnswer } from './node-client.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** All of an answer that is to be held at once. Rejects where it is too large for that. */
export async function answerText({ body }: ClientAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('its answer is too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
