import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import * as shared from '../flags.ts';
import { getFlags } from '../get-flags.ts';

export const getCommand: Command = {
  name: 'get',
  operands: 'KIND [NAME...]|KIND/NAME...',
  summary: 'show objects: pods, nodes, configmaps, all',
  details: [
    'Kinds have the names and short names that kubectl knows, several joined with commas; "all" stands for what people mean by it. Tables are those that the API renders.',
  ],
  examples: ['tinylet get pods -A -o wide', 'tinylet get pod web -o yaml', 'tinylet get pods -l app=web -w'],
  flags: [
    shared.namespaceFlag,
    shared.allNamespacesFlag,
    shared.selectorFlag,
    shared.fieldSelectorFlag,
    getFlags.output,
    shared.watchFlag,
    getFlags.noHeaders,
    getFlags.showLabels,
    shared.apiSocketFlag,
  ],
  async run(call) {
    if (call.operands.length === 0) throw new TinyletError('USAGE', 'get needs a kind: tinylet get pods');
    const { getObjects } = await import('../get-objects.ts');
    return getObjects(call);
  },
};
