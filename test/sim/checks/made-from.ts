import { variablesFrom } from '../made-from.ts';
import type { CheckOf } from './check.ts';

/** A container is made from what the objects say when it is made. */
export const madeFrom: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    if (name !== 'CreateContainer') return;
    const pod = facts.versions.of(request.sandbox_config?.annotations);
    const { metadata, envs = [] } = request.config ?? {};
    const container = pod?.spec.containers.find((each) => each.name === metadata?.name);
    if (container === undefined) return;
    const made = new Map(envs.map(({ key = '', value }) => [key, String(value)]));
    const isSaid = facts.recentObjects().some((objects) => {
      const said = variablesFrom(container, objects);
      return container.env.every(
        ({ name: variable, valueFrom }) =>
          valueFrom === undefined || made.get(variable) === said.get(variable),
      );
    });
    if (!isSaid) violate('made-from', container.name, 'of pod', uid, 'from what nobody says');
  },
});
