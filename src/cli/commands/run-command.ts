import { TinyletError } from '../../base/index.ts';
import { dns1123SubdomainErrors } from '../../pod/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command, CommandCall } from '../command.ts';
import { containerExit } from '../container-exit.ts';
import { type Flag, type FlagReader, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import type { ImageRun } from '../image-pod.ts';
import { stdinFlag, ttyFlag } from '../stream-flags.ts';
import { parseDurationMs } from '../values.ts';
import { daemonOptions, registryAuthFlag, standaloneFlag } from './daemon-command.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 3_600_000;

const imageFlag = valueFlag('image', 'IMAGE', 'run one container of this image to its end');
const nameFlag: Flag<string> = {
  ...valueFlag('name', 'NAME', 'name of the pod (default: run- and some letters)'),
  parse: parsePodName,
};
const envFlag: Flag<string> = {
  name: 'env',
  short: 'e',
  takes: 'values',
  occasional: true,
  placeholder: 'NAME=VALUE',
  help: 'a variable for the container; NAME alone takes the value from here; repeatable',
  parse: parseVariable,
};
const removeFlag = switchFlag('rm', 'delete the pod when it is over, or when this command is ended', {
  occasional: true,
});
const commandFlag = switchFlag('command', "the words after -- are the program, in place of the image's own", {
  occasional: true,
});
const timeoutFlag: Flag<number> = {
  name: 'timeout',
  takes: 'value',
  occasional: true,
  placeholder: 'TIME',
  help: 'how long containers may take until they run',
  fallback: '2m',
  parse: parseDurationMs({ minMs: 1, maxMs: MAX_TIMEOUT_MS }),
};

/** What means nothing without an image. */
const OF_IMAGES = [nameFlag, shared.namespaceFlag, envFlag, removeFlag, stdinFlag, ttyFlag, commandFlag];

export const runCommand: Command = {
  name: 'run',
  operands: 'FILE...|[NAME] --image IMAGE [-- ARGS...]',
  summary: 'run pods from files, or one container to its end',
  details: [
    'Starts the pods of each file and prints the ids of their containers once they run: "file: id", and bare ids for standard input, which is - or what is piped in. Every file is tried: exits with 1 if one failed, of which nothing new is left.',
    'With --image one container runs to its end, with its output and, with -i, its input here; the words after -- are its arguments. It is not restarted. Without --rm the pod stays to be looked at; Ctrl-C leaves it, and with --rm deletes it.',
    'Where no daemon runs, this command does its work for as long as it takes. What runs then goes on, and a daemon that is started later looks after it.',
  ],
  examples: [
    'tinylet run web.yaml db.yaml',
    'cat web.yaml | tinylet run',
    'tinylet run --rm --image busybox -- echo hello',
    'tinylet run --rm -it --image busybox -- sh',
  ],
  exitCodes:
    "0 done, 1 failed, 2 wrong usage; with --image the container's own, 125 where it could not be run, 126 where it is no program, 127 where it is not there",
  flags: [
    imageFlag,
    ...OF_IMAGES,
    timeoutFlag,
    shared.apiSocketFlag,
    shared.socketFlag,
    standaloneFlag,
    shared.rootDirFlag,
    shared.logDirFlag,
    shared.nodeNameFlag,
    registryAuthFlag,
    shared.runtimeRootFlag,
  ],
  run: (call) => (call.flags.read(imageFlag) === undefined ? runTheseFiles(call) : runThisImage(call)),
};

async function runTheseFiles({ flags, operands, program }: CommandCall): Promise<number> {
  const stray = OF_IMAGES.find((flag) => flags.onCommandLine(flag));
  if (stray !== undefined)
    throw new TinyletError('USAGE', `--${stray.name} means nothing without --${imageFlag.name}`);
  if (operands.length === 0 && program.terminal.stdinIsTerminal)
    throw new TinyletError(
      'USAGE',
      'run needs a file or an image: tinylet run FILE, tinylet run --image IMAGE',
    );
  const files = operands.length === 0 ? ['-'] : operands;
  const { runFiles } = await import('../run-files.ts');
  const { withDaemon } = await import('../with-daemon.ts');
  const timeoutMs = flags.read(timeoutFlag) ?? DEFAULT_TIMEOUT_MS;
  return withDaemon(program, daemonOptions({ flags, program }), (client) =>
    askDaemon(() => runFiles(program, client, { files, timeoutMs })),
  );
}

async function runThisImage(call: CommandCall): Promise<number> {
  const { flags, program } = call;
  const asked = readImageRun(call);
  const { runImage } = await import('../run-image.ts');
  const { withDaemon } = await import('../with-daemon.ts');
  const { isTerminalHad } = await import('../with-terminal.ts');
  const run = { ...asked, tty: isTerminalHad(program, asked) };
  const apiSocket = shared.readApiSocket(flags);
  return containerExit(program, () =>
    withDaemon(program, daemonOptions({ flags, program }), (client) =>
      askDaemon(() => runImage(program, { client, apiSocket }, run)),
    ),
  );
}

function readImageRun({ flags, operands, rest = [], env }: CommandCall): ImageRun {
  const [word, ...others] = operands.slice(0, operands.length - rest.length);
  const named = flags.read(nameFlag);
  if (others.length > 0 || (word !== undefined && named !== undefined))
    throw new TinyletError(
      'USAGE',
      `write what the container is to run behind --: tinylet run --image IMAGE -- ${[word, ...others].join(' ')}`,
    );
  // It would be a name, and the image's own program might run for ever.
  if (word !== undefined && /\.(ya?ml|json)$/i.test(word))
    throw new TinyletError(
      'USAGE',
      `${JSON.stringify(word)} is a file, which does not go with --${imageFlag.name}; a pod of that name is asked for with --${nameFlag.name}`,
    );
  const isCommand = isOn(flags, commandFlag);
  if (isCommand && rest.length === 0)
    throw new TinyletError('USAGE', `--${commandFlag.name} needs a program behind --`);
  return {
    image: flags.read(imageFlag) ?? '',
    ...{ words: rest, isCommand, namespace: shared.readNamespace(flags) },
    env: (flags.readAll(envFlag) ?? []).flatMap((text) => variableOf(text, env)),
    name: named ?? (word === undefined ? undefined : parsePodName(word)),
    ...{ stdin: isOn(flags, stdinFlag), tty: isOn(flags, ttyFlag), remove: isOn(flags, removeFlag) },
    timeoutMs: flags.read(timeoutFlag) ?? DEFAULT_TIMEOUT_MS,
  };
}

/** One that is not set here is not set there, as docker has it. */
function variableOf(text: string, env: NodeJS.ProcessEnv): readonly { name: string; value: string }[] {
  const at = text.indexOf('=');
  if (at !== -1) return [{ name: text.slice(0, at), value: text.slice(at + 1) }];
  const value = env[text];
  return value === undefined ? [] : [{ name: text, value }];
}

function parseVariable(text: string): string {
  if (/^[^=\0]+(=|$)/.test(text)) return text;
  throw new TinyletError('USAGE', `${JSON.stringify(text)} is no variable; write NAME=VALUE or NAME`);
}

function parsePodName(text: string): string {
  const [problem] = dns1123SubdomainErrors(text);
  if (problem !== undefined) throw new TinyletError('USAGE', `${JSON.stringify(text)}: ${problem}`);
  return text;
}

function isOn(flags: FlagReader, flag: Flag<boolean>): boolean {
  return flags.read(flag) === true;
}

function valueFlag(name: string, placeholder: string, help: string): Flag<string> {
  return { name, takes: 'value', occasional: true, placeholder, help, parse: (text) => text };
}
