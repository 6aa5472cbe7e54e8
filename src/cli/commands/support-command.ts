import type { Command } from '../command.ts';
import type { Flag } from '../flag.ts';
import { parseChoice } from '../values.ts';

const FORMATS = ['table', 'json', 'markdown'] as const;

const outputFlag: Flag<(typeof FORMATS)[number]> = {
  name: 'output',
  short: 'o',
  takes: 'value',
  occasional: true,
  placeholder: 'FORMAT',
  help: 'table, json or markdown',
  fallback: 'table',
  choices: FORMATS,
  parse: parseChoice(FORMATS),
};

export const supportCommand: Command = {
  name: 'support',
  summary: 'list every field of a Pod and what becomes of it',
  details: [
    'Honoured fields mean what they mean to the kubelet. Those that are not applicable have no meaning on one machine without an API server: they are accepted, and validate notes them. Refused ones are errors that give the reason. "needs" tells what the runtime or the machine must offer; where it is missing the pod waits and says so.',
  ],
  examples: ['tinylet support | grep -v honoured', 'tinylet support -o json'],
  flags: [outputFlag],
  async run({ flags, program }) {
    const output = flags.read(outputFlag) ?? 'table';
    const { loadFieldGuide } = await import('../../manifest/index.ts');
    const guide = await loadFieldGuide();
    const { renderSupportMarkdown, renderSupportTable } = await import('../render-support.ts');
    if (output === 'json') program.out(`${JSON.stringify(guide.podSupport(), null, 2)}\n`);
    else if (output === 'table') program.out(renderSupportTable(guide.podSupport()));
    else program.out(renderSupportMarkdown(guide.podSupport(), guide.objectSupport()));
    return 0;
  },
};
