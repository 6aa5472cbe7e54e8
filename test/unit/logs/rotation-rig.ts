import { type FileHandle, mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { LogFields, Logger } from '../../../src/base/index.ts';
import type { ContainerLog } from '../../../src/logs/index.ts';
import { LogRotation, type RotationLimits, type RotationPorts } from '../../../src/logs/index.ts';
import { asContainerId, asPodUid } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A logger that keeps what it was told. */
export class ToldLogger implements Logger {
  readonly told: (LogFields & { readonly level: string; readonly message: string })[] = [];

  debug(fields: LogFields, message: string): void {
    this.told.push({ ...fields, level: 'debug', message });
  }
  info(fields: LogFields, message: string): void {
    this.told.push({ ...fields, level: 'info', message });
  }
  warn(fields: LogFields, message: string): void {
    this.told.push({ ...fields, level: 'warn', message });
  }
  error(fields: LogFields, message: string): void {
    this.told.push({ ...fields, level: 'error', message });
  }

  get warnings(): readonly string[] {
    return this.told.flatMap(({ level, message, err }) => (level === 'warn' ? `${message}: ${err}` : []));
  }
}

/** One container that logs into a real directory, and the runtime that writes for it. */
export class LoggingContainer {
  readonly logDir: string;
  readonly clock = new VirtualClock();
  readonly logger = new ToldLogger();
  readonly log: ContainerLog;
  reopened = 0;
  #file: FileHandle | undefined;
  #lines = 0;

  private constructor(logDir: string) {
    this.logDir = logDir;
    this.log = {
      id: asContainerId('c1'),
      uid: asPodUid('uid'),
      ...{ namespace: 'default', pod: 'web', container: 'app', attempt: 0, running: true },
      directory: join(logDir, 'default_web_uid'),
    };
  }

  static async start(): Promise<LoggingContainer> {
    const container = new LoggingContainer(await mkdtemp(join(tmpdir(), 'tinylet-rotation-')));
    await mkdir(container.directory, { recursive: true });
    await container.#begin();
    return container;
  }

  get directory(): string {
    return join(this.log.directory, this.log.container);
  }

  get path(): string {
    return join(this.directory, '0.log');
  }

  /** So many numbered lines of ten bytes. */
  async write(count: number): Promise<void> {
    const lines = Array.from({ length: count }, (_, index) => lineOf(this.#lines + index));
    this.#lines += count;
    await this.#file?.write(lines.join(''));
  }

  /** Every line that was ever written. */
  get written(): readonly string[] {
    return Array.from({ length: this.#lines }, (_, index) => lineOf(index).trimEnd());
  }

  /** As the runtime does it: the path is opened, the old file is let go. */
  readonly reopen = async (): Promise<void> => {
    this.reopened += 1;
    await this.#file?.close();
    await this.#begin();
  };

  rotation(limits: Partial<RotationLimits> = {}, ports: Partial<RotationPorts> = {}): LogRotation {
    const { clock, logger, reopen } = this;
    return new LogRotation({ clock, logger, reopen, ...ports }, { maxBytes: 100, maxFiles: 5, ...limits });
  }

  async look(rotation: LogRotation, changed: Partial<ContainerLog> = {}): Promise<void> {
    await rotation.look([{ ...this.log, ...changed }], new AbortController().signal);
  }

  async names(): Promise<readonly string[]> {
    return (await readdir(this.directory)).sort();
  }

  /** The lines of a file, unpacked where it is compressed. */
  async lines(name: string): Promise<readonly string[]> {
    const content = await readFile(join(this.directory, basename(name)));
    const text = (name.endsWith('.gz') ? gunzipSync(content) : content).toString();
    return text.split('\n').filter((line) => line !== '');
  }

  /** The lines of all files in the order of their names, the one in use last. */
  async kept(): Promise<readonly string[]> {
    const names = (await this.names()).filter((name) => name !== '0.log');
    return (await Promise.all([...names, '0.log'].map((name) => this.lines(name)))).flat();
  }

  async end(): Promise<void> {
    await this.#file?.close();
    await rm(this.logDir, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    this.#file = await open(this.path, 'a', 0o640);
  }
}

function lineOf(number: number): string {
  return `line ${String(number).padStart(4, '0')}\n`;
}
