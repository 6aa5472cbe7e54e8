import { TinyletError } from '../../base/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command, CommandCall } from '../command.ts';
import { type Flag, type FlagReader, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { isReaderGone } from '../interrupted.ts';
import type { LogWish } from '../log-request.ts';
import { podNamespaceFlag } from '../pod-operand.ts';
import { readPodWord } from '../pod-path.ts';
import type { LogsAsked } from '../show-logs.ts';
import { containerFlag } from '../stream-flags.ts';
import { parseDurationMs, parseWholeNumber } from '../values.ts';

const followFlag = switchFlag('follow', 'go on as the log grows, until the container has ended', {
  short: 'f',
  occasional: true,
});
const previousFlag = switchFlag('previous', 'of the instance before the one that runs', {
  short: 'p',
  occasional: true,
});
const timestampsFlag = switchFlag('timestamps', 'begin each line with its time', { occasional: true });
const allContainersFlag = switchFlag('all-containers', 'of every container of the pod', { occasional: true });
const prefixFlag = switchFlag('prefix', 'begin each line with the pod and the container it comes from', {
  occasional: true,
});

const tailFlag: Flag<number> = {
  name: 'tail',
  takes: 'value',
  occasional: true,
  placeholder: 'LINES',
  help: 'only the last lines, -1 for all (default: all; 10 with --selector)',
  parse: parseTail,
};

const sinceFlag: Flag<number> = {
  name: 'since',
  takes: 'value',
  occasional: true,
  placeholder: 'TIME',
  help: 'only what was written within this time: 30s, 5m, 2h; 0s for all',
  parse: parseDurationMs({ minMs: 0, maxMs: 366 * 24 * 3_600_000 }),
};

const sinceTimeFlag: Flag<string> = {
  name: 'since-time',
  takes: 'value',
  occasional: true,
  placeholder: 'RFC-3339',
  help: 'only what was written at this time or later: 2026-01-31T12:00:00Z',
  // The API judges it, in its own words.
  parse: (text) => text,
};

const limitBytesFlag: Flag<number> = {
  name: 'limit-bytes',
  takes: 'value',
  occasional: true,
  placeholder: 'BYTES',
  help: 'no more of each log than this; 0 for all',
  parse: parseWholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
};

export const logsCommand: Command = {
  name: 'logs',
  operands: 'POD [CONTAINER]',
  summary: 'print what containers of a pod have written',
  details: [
    'Bytes come as the container wrote them, its control characters too. Of a pod with several containers the first one is meant, unless another is named.',
    'A log that is followed ends when its container has; Ctrl-C leaves it.',
  ],
  examples: [
    'tinylet logs -f web',
    'tinylet logs web -c app --tail 20 --since 5m',
    'tinylet logs -l app=web --prefix',
  ],
  flags: [
    shared.apiSocketFlag,
    podNamespaceFlag,
    containerFlag,
    followFlag,
    previousFlag,
    tailFlag,
    sinceFlag,
    sinceTimeFlag,
    limitBytesFlag,
    timestampsFlag,
    allContainersFlag,
    prefixFlag,
    shared.selectorFlag,
  ],
  async run(call) {
    const { flags, program } = call;
    const [asked, wish] = [readAsked(call), readWish(call)];
    const { showLogs } = await import('../show-logs.ts');
    const client = program.client(shared.readApiSocket(flags));
    try {
      await askDaemon(() => showLogs(program, client, { asked, wish }));
    } catch (error) {
      if (!isReaderGone(error)) throw error;
    }
    return 0;
  },
};

function readAsked({ flags, operands }: CommandCall): LogsAsked {
  const labels = shared.readSelector(flags);
  const [word, , ...rest] = operands;
  if ((word === undefined) === (labels === undefined) || rest.length > 0)
    throw new TinyletError('USAGE', 'logs needs a pod, or --selector: tinylet logs [-f] POD [-c CONTAINER]');
  const namespace = flags.read(podNamespaceFlag);
  if (word !== undefined) return { pod: readPodWord(word, namespace) };
  return { namespace: namespace ?? 'default', labels: labels ?? '' };
}

function readWish({ flags, operands: [, second] }: CommandCall): LogWish {
  const given = flags.read(containerFlag);
  if (given !== undefined && second !== undefined)
    throw new TinyletError(
      'USAGE',
      `only one of --${containerFlag.name} or a second word names the container`,
    );
  const container = given ?? second;
  const allContainers = isOn(flags, allContainersFlag);
  if (allContainers && container !== undefined)
    throw new TinyletError(
      'USAGE',
      `--${allContainersFlag.name} and the name of one container exclude each other`,
    );
  const sinceMs = flags.read(sinceFlag) || undefined;
  const sinceTime = flags.read(sinceTimeFlag);
  if (sinceMs !== undefined && sinceTime !== undefined)
    throw new TinyletError('USAGE', `--${sinceFlag.name} and --${sinceTimeFlag.name} exclude each other`);
  return {
    ...{ container, allContainers, sinceMs, sinceTime, tail: flags.read(tailFlag) },
    limitBytes: flags.read(limitBytesFlag) || undefined,
    ...{ follow: isOn(flags, followFlag), previous: isOn(flags, previousFlag) },
    ...{ timestamps: isOn(flags, timestampsFlag), prefix: isOn(flags, prefixFlag) },
  };
}

function parseTail(text: string): number {
  if (/^(-1|\d{1,9})$/.test(text)) return Number(text);
  throw new TinyletError(
    'USAGE',
    `${JSON.stringify(text)} is not a number of lines; write it like 20, or -1 for all`,
  );
}

function isOn(flags: FlagReader, flag: Flag<boolean>): boolean {
  return flags.read(flag) === true;
}
