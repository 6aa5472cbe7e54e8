import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, unlessMissing } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import { type Machine, makeDirectory } from './machine.ts';
import { etcHostsPath, terminationLogPath } from './pod-directory.ts';

/** How many instances keep their last words: the one that is made and the one before. */
const KEPT_INSTANCES = 2;
/** What is read of last words (kubelet: MaxContainerTerminationMessageLength). */
const MOST_LAST_WORDS = 4096;

const NO_LINK = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Rewrites the pod's /etc/hosts in place: containers that run have this very file mounted (kubelet: ensureHostsFile). */
export async function writeEtcHosts({ rootDir, place }: Machine, uid: PodUid, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_LINK;
  const file = await open(place.reach(etcHostsPath(rootDir, uid)), flags, 0o644);
  try {
    await file.writeFile(text);
    await file.chmod(0o644);
  } finally {
    await file.close();
  }
}

interface Instance {
  readonly container: string;
  readonly attempt: number;
}

/** A fresh file for an instance's last words, which anyone in it may write; those of older instances go, but for the last. */
export async function makeTerminationLog(machine: Machine, uid: PodUid, instance: Instance): Promise<void> {
  const { rootDir, place } = machine;
  const path = terminationLogPath(rootDir, uid, instance);
  await makeDirectory(machine, dirname(path), { mode: 0o750 });
  const reached = place.reach(path);
  for (const name of await readdir(dirname(reached))) {
    const attempt = Number(name);
    if (attempt <= instance.attempt - KEPT_INSTANCES) await rm(join(dirname(reached), name), { force: true });
  }
  await rm(reached, { force: true });
  const file = await open(reached, 'wx', 0o666);
  try {
    await file.chmod(0o666);
  } finally {
    await file.close();
  }
}

/** The end of what an instance wrote; undefined where there is no such file, or something else in its place. */
export async function readTerminationLog(
  { rootDir, place }: Machine,
  uid: PodUid,
  instance: Instance,
): Promise<string | undefined> {
  const path = place.reach(terminationLogPath(rootDir, uid, instance));
  const file = await unlessMissing(open(path, constants.O_RDONLY | NO_LINK)).catch((error) => {
    if (errnoOf(error) === 'ELOOP') return undefined;
    throw error;
  });
  try {
    const status = await file?.stat();
    if (file === undefined || status?.isFile() !== true) return undefined;
    const position = Math.max(0, status.size - MOST_LAST_WORDS);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_LAST_WORDS), position });
    return wholeCharacters(buffer.subarray(0, bytesRead)).toString('utf8');
  } finally {
    await file?.close();
  }
}

/** Without the rest of a character that was cut at the front. */
function wholeCharacters(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(0, start));
}
