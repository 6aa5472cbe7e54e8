import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import type { Logger } from '../base/index.ts';
import type { MountPlace } from './mount-place.ts';
import { type MountTable, parseMountInfo } from './mount-table.ts';
import { runTool, type ToolResult } from './run-tool.ts';

/**
 * mount(8) and umount(8) in one place. What they are given is canonical already, and where it is not (`/proc/<pid>/fd/<n>`) it must
 * stay so: hence --no-canonicalize everywhere. Failures carry the tool's own words.
 */
export class Mounts {
  readonly #place: MountPlace;
  readonly #logger: Logger;

  constructor(place: MountPlace, logger: Logger) {
    this.#place = place;
    this.#logger = logger;
  }

  async table(): Promise<MountTable> {
    return parseMountInfo(await readFile(this.#place.mountInfo, 'utf8'));
  }

  /** `sizeBytes` absent is the kernel's choice: half of the memory. */
  async tmpfs(point: string, sizeBytes: number | undefined): Promise<void> {
    const options = [...sizeOption(sizeBytes), ...(kernelTakesNoswap() ? ['noswap'] : [])];
    await this.#mount(['-t', 'tmpfs', ...optionArgs(options), 'tmpfs', point]);
  }

  /** Fails where it holds more than it is to hold. */
  async resizeTmpfs(point: string, sizeBytes: number | undefined): Promise<void> {
    await this.#mount(['-t', 'tmpfs', ...optionArgs(['remount', ...sizeOption(sizeBytes)]), 'tmpfs', point]);
  }

  async hugetlbfs(point: string, pageSize: string | undefined): Promise<void> {
    const options = pageSize === undefined ? [] : [`pagesize=${pageSize}`];
    await this.#mount(['-t', 'hugetlbfs', ...optionArgs(options), 'nodev', point]);
  }

  /** `descriptor` is of this process: its file is bound, whatever becomes of its name meanwhile. */
  async bind(descriptor: number, point: string): Promise<void> {
    await this.#mount(['--bind', `/proc/${process.pid}/fd/${descriptor}`, point]);
  }

  /** Nothing may run that needs it: what is busy for another reason goes as soon as it is not. Not mounted is success. */
  async unmount(point: string): Promise<void> {
    const plain = await this.#run('umount', [point]);
    if (plain.exitCode === 0 || /not mounted|no mount point/.test(plain.complaint)) return;
    if (!/busy/.test(plain.complaint)) throw new Error(plain.complaint);
    const lazy = await this.#run('umount', ['--lazy', point]);
    if (lazy.exitCode !== 0) throw new Error(lazy.complaint);
    this.#logger.warn({ path: point }, 'mount is busy: detached, and gone once nothing uses it');
  }

  async #mount(args: readonly string[]): Promise<void> {
    const { exitCode, complaint } = await this.#run('mount', args);
    if (exitCode !== 0) throw new Error(complaint);
  }

  #run(tool: string, args: readonly string[]): Promise<ToolResult> {
    return runTool(...this.#place.command(tool, ['--no-canonicalize', ...args]));
  }
}

function sizeOption(sizeBytes: number | undefined): readonly string[] {
  return sizeBytes === undefined ? [] : [`size=${sizeBytes}`];
}

function optionArgs(options: readonly string[]): readonly string[] {
  return options.length === 0 ? [] : ['-o', options.join(',')];
}

/** Content of memory volumes must not reach a disk; kernels can promise it since 6.4 (kubelet: IsTmpfsNoswapOptionSupported). */
function kernelTakesNoswap(): boolean {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return major > 6 || (major === 6 && minor >= 4);
}
