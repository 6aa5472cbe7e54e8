import { expect, test } from 'vitest';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import { invariant, isJsonList, type JsonObject, objectAt, textAt } from '../../../src/base/index.ts';
import recorded from '../../facts/field-ownership.json' with { type: 'json' };
import { applied, contentOf, updated } from './apply-cases.ts';

interface Step {
  readonly op: string;
  readonly manager: string;
  readonly force?: boolean;
  readonly object: JsonObject;
  /** The object after an apply; after an update it is as it was sent. */
  readonly result?: JsonObject;
  readonly owners?: JsonObject;
  readonly conflicts?: readonly string[];
}

const runs: readonly (readonly Step[])[] = recorded.runs;

/** What the API server's own library makes of the same applies and updates, one after the other. */
test.each(runs.map((run, index) => [index, run] as const))('recorded run %d', (_index, run) => {
  let live: JsonObject | undefined;
  for (const [at, step] of run.entries()) {
    const outcome = outcomeOf(live, step, at);
    if (isJsonList(outcome)) {
      expect(outcome).toEqual(step.conflicts);
    } else {
      expect([contentOf(outcome), fieldsOf(outcome)]).toEqual([step.result ?? step.object, step.owners]);
      live = outcome;
    }
  }
});

function outcomeOf(live: JsonObject | undefined, step: Step, at: number): JsonObject | readonly string[] {
  const { op, manager: by, force = false, object } = step;
  if (op === 'update') {
    const metadata = {
      ...objectAt(object, 'metadata'),
      managedFields: objectAt(live, 'metadata').managedFields,
    };
    return updated(live, { ...object, metadata }, { by, at });
  }
  try {
    return applied(live, object, { by, at, force });
  } catch (error) {
    invariant(error instanceof ApiFailure && error.reason === 'Conflict', String(error));
    const causes = error.details.causes ?? [];
    return causes
      .map(({ message, field }) => `${message.replace(/^conflict with "(\w+)".*/, '$1')} ${field}`)
      .toSorted();
  }
}

function fieldsOf(object: JsonObject): JsonObject {
  const entries = objectAt(object, 'metadata').managedFields ?? [];
  invariant(isJsonList(entries), 'managedFields is a list');
  return Object.fromEntries(
    entries.map((entry) => [
      `${textAt(entry, 'manager')}|${textAt(entry, 'operation')}`,
      objectAt(entry, 'fieldsV1'),
    ]),
  );
}
