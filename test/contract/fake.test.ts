import { systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { modelCri } from '../fakes/model-cri.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import { shellBehaviour } from '../fakes/shell-behaviour.ts';
import { criContract } from './cri-contract.ts';

const fixed = {
  image: 'tinylet.local/http:1',
  logRoot: '/var/log/fake',
  // A modelled process heeds signals from its first moment on.
  programReady: async () => undefined,
};

function model(): RuntimeModel {
  return new RuntimeModel({ clock: systemClock, present: [fixed.image], behaviourOf: shellBehaviour });
}

criContract('the model in memory', async () => ({
  ...fixed,
  cri: modelCri(model()),
  cleanup: async () => undefined,
}));

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
