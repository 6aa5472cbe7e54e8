import { systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { modelCri } from '../fakes/model-cri.ts';
import type { Release } from '../fakes/model-failure.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import { shellBehaviour, shellCommand } from '../fakes/shell-behaviour.ts';
import { criContract } from './cri-contract.ts';

/** The files that the model's runtime would write. */
const files = new Set<string>();

const fixed = {
  image: 'tinylet.local/http:1',
  registry: {
    numeric: 'registry.test/numeric:1',
    named: 'registry.test/named:1',
    plain: 'registry.test/plain:1',
    closed: 'registry.test/closed:1',
    owner: { username: 'alice', password: 'open sesame' },
  },
  logRoot: '/var/log/fake',
  logs: {
    exists: async (path: string) => files.has(path),
    rename: async (from: string, to: string) => {
      if (files.delete(from)) files.add(to);
    },
  },
  // A modelled process heeds signals from its first moment on.
  programReady: async () => undefined,
};

const { numeric, named, plain, closed, owner } = fixed.registry;

function model(release: Release = '1.6'): RuntimeModel {
  return new RuntimeModel({
    release,
    clock: systemClock,
    present: [fixed.image],
    registry: {
      [numeric]: { user: '1000:2000' },
      [named]: { user: 'nobody' },
      [plain]: {},
      [closed]: { private: owner },
    },
    behaviourOf: shellBehaviour,
    commandOf: shellCommand,
    openLog: (path) => files.add(path),
  });
}

for (const release of ['1.6', '2.1'] as const) {
  const cleanup = async (): Promise<void> => undefined;
  criContract(`the model of ${release} in memory`, async () => ({
    ...fixed,
    cri: modelCri(model(release)),
    cleanup,
  }));
}

criContract('the model behind gRPC', async () => {
  const server = await serveFakeCri(model());
  const cri = connectCri({ endpoint: server.endpoint, clock: systemClock });
  return {
    ...fixed,
    cri,
    cleanup: async () => {
      cri.close();
      await server.close();
    },
  };
});
