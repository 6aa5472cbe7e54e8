import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { sleep, systemClock } from '../../../src/base/index.ts';
import { parseManifest, podsOf as podsInFile } from '../../../src/manifest/index.ts';
import type { NodeReport, PodReport } from '../../../src/status/index.ts';
import { asksFor, type Fixture, filledIn, type Placeholder } from '../../fixtures/fixture.ts';
import { freePort } from '../../support/real-runtime.ts';
import { judge, podsOf, type Verdict } from './corpus-verdict.ts';
import { Daemon } from './daemon.ts';
import { PATIENCE_MS } from './eventually.ts';
import { type HostDirectory, makeHostDirectory, namespaceOf } from './host-directory.ts';
import { clearAway, freshBase } from './world.ts';

const LOOK_EVERY_MS = 200;
const LOG_SHOWN_LINES = 12;
const PATIENCE_PER_POD_MS = 1_000;

/** Forbids mkdir(2) and nothing else. */
const NO_MKDIR = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
};

/** A class of CDI devices of this process alone, with one device: a variable, and /dev/zero under another name. */
const CDI_KIND = `tinylet.test/corpus-${process.pid}`;
const CDI_FILE = `/run/cdi/tinylet-corpus-${process.pid}.json`;
const CDI_DEVICES = {
  cdiVersion: '0.5.0',
  kind: CDI_KIND,
  devices: [
    {
      name: 'some',
      containerEdits: {
        env: ['CORPUS_DEVICE=some'],
        deviceNodes: [{ path: '/dev/corpus', hostPath: '/dev/zero' }],
      },
    },
  ],
};

interface Entry {
  readonly fixture: Fixture;
  readonly file: string;
  readonly podCount: number;
  verdict: Verdict;
}

/** Many fixtures at one time in the manifest directory of one daemon. */
export class Corpus {
  readonly daemon: Daemon;
  readonly #entries = new Map<string, Entry>();
  readonly #hostDirectories: HostDirectory[] = [];
  #watching: Promise<void> = Promise.resolve();
  #isWatching = true;

  private constructor(daemon: Daemon) {
    this.daemon = daemon;
  }

  /** Writes all of them at once and starts the daemon. */
  static async start(socket: string, fixtures: readonly Fixture[]): Promise<Corpus> {
    const base = await freshBase();
    const args = ['--interval', '1s', '--node-name', 'corpus-node'];
    const daemon = new Daemon({
      base,
      socket,
      namespace: 'default',
      args: [...args, '--allowed-unsafe-sysctls', 'kernel.msg*'],
    });
    const corpus = new Corpus(daemon);
    await mkdir(daemon.manifests);
    await mkdir(join(daemon.rootDir, 'seccomp/corpus'), { recursive: true });
    await writeFile(join(daemon.rootDir, 'seccomp/corpus/no-mkdir.json'), JSON.stringify(NO_MKDIR));
    try {
      await mkdir(dirname(CDI_FILE), { recursive: true });
      await writeFile(CDI_FILE, JSON.stringify(CDI_DEVICES));
      for (const fixture of fixtures) await corpus.#add(fixture);
      await daemon.start();
    } catch (cause) {
      await corpus.close();
      throw cause;
    }
    corpus.#watching = corpus.#watch();
    return corpus;
  }

  /** Resolves once the fixture is as expected, or will not be. */
  async verdict({ name }: Fixture): Promise<Verdict> {
    const entry = this.#entry(name);
    while (entry.verdict.state === 'pending' && this.#isWatching) await sleep(systemClock, LOOK_EVERY_MS);
    return entry.verdict;
  }

  /** Judges all of them anew. Those that are not as expected, with the reasons. */
  async unmet(): Promise<readonly string[]> {
    const report = await this.daemon.status();
    return [...this.#entries.values()].flatMap((entry) => {
      const verdict = judge(entry.fixture, entry, report);
      return verdict.state === 'met' ? [] : [`${entry.fixture.name}: ${verdict.why}`];
    });
  }

  /** The last lines of the logs of a fixture's containers. */
  async logs({ name }: Fixture): Promise<string> {
    const pods = podsOf(await this.daemon.status(), this.#entry(name).file);
    return (await Promise.all(pods.map((pod) => this.#podLogs(pod)))).flat().join('\n');
  }

  /** Takes every file away. */
  async removeAll(): Promise<void> {
    for (const { fixture } of this.#entries.values()) await this.daemon.remove(fixture.fileName);
  }

  async close(): Promise<void> {
    this.#isWatching = false;
    await this.#watching;
    await this.daemon.end('SIGKILL');
    for (const directory of this.#hostDirectories) await directory.close();
    await rm(CDI_FILE, { force: true });
    await clearAway(this.daemon.base);
  }

  async #add(fixture: Fixture): Promise<void> {
    const text = filledIn(fixture.text, await this.#placeholders(fixture));
    const file = this.daemon.file(fixture.fileName);
    await writeFile(file, text);
    const podCount = podsInFile(parseManifest({ file, text })).length;
    this.#entries.set(fixture.name, {
      fixture,
      file,
      podCount,
      verdict: { state: 'pending', why: 'not looked at' },
    });
  }

  async #placeholders({ text, fileName }: Fixture): Promise<Readonly<Record<Placeholder, string>>> {
    const hostDirectory = join(this.daemon.base, 'host', fileName);
    if (asksFor(text, 'HOST_DIR')) this.#hostDirectories.push(await makeHostDirectory(hostDirectory));
    return {
      HOST_DIR: hostDirectory,
      HOST_PORT: asksFor(text, 'HOST_PORT') ? `${await freePort()}` : '',
      OTHER_HOST_PORT: asksFor(text, 'OTHER_HOST_PORT') ? `${await freePort()}` : '',
      HOST_NAME: hostname(),
      PID_NAMESPACE: await namespaceOf('pid'),
      IPC_NAMESPACE: await namespaceOf('ipc'),
      NET_NAMESPACE: await namespaceOf('net'),
      CDI_KIND,
    };
  }

  async #watch(): Promise<void> {
    const endMs = systemClock.monotonicMs() + PATIENCE_MS + PATIENCE_PER_POD_MS * this.#entries.size;
    while (this.#isWatching && this.#pending().length > 0 && systemClock.monotonicMs() < endMs) {
      const report = await this.daemon.status().catch(() => undefined);
      if (report !== undefined) this.#look(report);
      await sleep(systemClock, LOOK_EVERY_MS);
    }
    this.#isWatching = false;
  }

  #look(report: NodeReport): void {
    for (const entry of this.#pending()) entry.verdict = judge(entry.fixture, entry, report);
  }

  #pending(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ verdict }) => verdict.state === 'pending');
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`no fixture ${name} was started`);
    return entry;
  }

  async #podLogs({ namespace, name, uid }: PodReport): Promise<readonly string[]> {
    const directory = join(this.daemon.logDir, `${namespace}_${name}_${uid}`);
    const files = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    return Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-LOG_SHOWN_LINES);
          return [`--- ${path.slice(this.daemon.logDir.length + 1)}`, ...lines].join('\n');
        }),
    );
  }
}
