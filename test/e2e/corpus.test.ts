import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { mountsUnder } from '../../src/standalone/mounts.ts';
import { type Fixture, readFixtures } from '../fixtures/fixture.ts';
import { type RuntimeVersion, realRuntimeUnavailable } from '../support/real-runtime.ts';
import { Corpus } from './support/corpus.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { unmetConditions } from './support/host-conditions.ts';
import { podCgroups } from './support/leftovers.ts';
import { onContainerd, useContainerd } from './support/world.ts';

/** Every fixture of test/fixtures/pods at one time, and what each says of itself. */

const full = process.env.TINYLET_FULL === '1';
const versions = (process.env.TINYLET_TEST_CONTAINERD ?? '1.6').split(',') as RuntimeVersion[];
const SET_UP_MS = 120_000;

const fixtures = readFixtures().filter(({ quick }) => full || quick);
const suites = versions
  .map((version) => ({ version, chosen: fixtures.filter(({ runtimes }) => runtimes.includes(version)) }))
  .filter(({ chosen }) => chosen.length > 0);

describe.each(suites)('on containerd $version', ({ version, chosen }) => {
  const world = useContainerd(`corpus${version}`, { version, userImages: ['1234', 'nobody'] });
  const skipped = new Map<Fixture, readonly string[]>();
  let corpus: Corpus | undefined;

  if (realRuntimeUnavailable() === undefined) {
    beforeAll(async () => {
      for (const fixture of chosen) {
        const unmet = await unmetConditions(fixture.host);
        if (unmet.length > 0) skipped.set(fixture, unmet);
      }
      corpus = await Corpus.start(
        world.socket,
        chosen.filter((fixture) => !skipped.has(fixture)),
      );
    }, SET_UP_MS);
    afterAll(() => corpus?.close(), SET_UP_MS);
  }

  const running = (): Corpus => {
    if (corpus === undefined) throw new Error('the corpus has not been started');
    return corpus;
  };

  for (const fixture of chosen) {
    onContainerd(fixture.name, async (context) => {
      const unmet = skipped.get(fixture);
      if (unmet !== undefined) return context.skip(`the machine is not: ${unmet.join(', ')}`);
      const verdict = await running().verdict(fixture);
      if (verdict.state !== 'met') expect.fail(`${verdict.why}\n${await running().logs(fixture)}`);
    });
  }

  onContainerd('no value of a Secret was told', async () => {
    expect(running().daemon.output).not.toContain('hunter2');
  });

  onContainerd('a daemon that is started anew takes all of them up as they are', async () => {
    const { daemon } = running();
    // An older instance of what ended last goes in the pass after.
    await eventually(() => nothingIsDone(daemon));
    const before = await world.cri.listContainers();
    await daemon.restart('SIGKILL');
    await eventually(async () => expect(await running().unmet()).toEqual([]));
    const after = await world.cri.listContainers();
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
  });

  onContainerd('once all is as it should be nothing more is done', async () => {
    // What the former daemon was killed at is done once more.
    await eventually(() => nothingIsDone(running().daemon));
  });

  onContainerd('when every file is gone nothing is left but the claims', async () => {
    const { daemon } = running();
    const uids = (await daemon.status()).pods.map(({ uid }) => uid);
    await running().removeAll();
    await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
    expect(await world.cri.listSandboxes()).toEqual([]);
    expect(await world.cri.listContainers()).toEqual([]);
    expect(await readdir(join(daemon.rootDir, 'pods'))).toEqual([]);
    expect(await mountsUnder([daemon.rootDir])).toEqual([]);
    expect(await readdir(daemon.logDir)).toEqual([]);
    expect(await podCgroups(uids)).toEqual([]);
  });
});

async function nothingIsDone(daemon: Daemon): Promise<void> {
  const done = () => daemon.log.filter(({ msg, level }) => msg === 'action done' && level >= 30);
  const before = done();
  await daemon.passes();
  expect(done()).toEqual(before);
}
