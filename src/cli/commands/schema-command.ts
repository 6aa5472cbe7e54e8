import type { Command } from '../command.ts';

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print a JSON Schema of manifests, for editors',
  details: [
    'The schema (draft-07) says what validate accepts, as far as a schema can: the fields, their types and words. Editors with a YAML language server use it where a manifest has this comment: # yaml-language-server: $schema=FILE',
  ],
  examples: ['tinylet schema > pod.schema.json'],
  flags: [],
  async run({ program }) {
    const { loadFieldGuide } = await import('../../manifest/index.ts');
    const guide = await loadFieldGuide();
    program.out(`${JSON.stringify(guide.manifestSchema(), null, 2)}\n`);
    return 0;
  },
};
