import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { escapeControl } from '../escape-control.ts';

export const validateCommand: Command = {
  name: 'validate',
  operands: 'FILE...|-',
  summary: 'check manifests and print every error with its place',
  details: [
    'Each error is one line, file:line:column: field: message. Other lines tell what each valid file holds, and marked "note:" what is accepted and has no effect. A directory stands for its manifest files, - for standard input. Exits with 0 if all are valid, else with 1.',
  ],
  examples: [
    'tinylet validate /etc/tinylet/manifests',
    'tinylet validate web.yaml  # one file',
    'kustomize build . | tinylet validate -',
  ],
  flags: [],
  async run({ operands, program }) {
    if (operands.length === 0)
      throw new TinyletError('USAGE', 'validate needs a FILE, a directory, or - for stdin');
    const files = await program.readManifests(operands);
    if (files.length === 0) {
      program.err(`tinylet: no manifest files in ${operands.map(escapeControl).join(', ')}\n`);
      return 1;
    }
    const { judgeManifests } = await import('../judge-manifests.ts');
    const { lines, isValid } = judgeManifests(files);
    for (const line of lines) program.out(`${line}\n`);
    return isValid ? 0 : 1;
  },
};
