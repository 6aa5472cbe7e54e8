import { parseArgs } from 'node:util';
import { realRuntimeUnavailable } from '../support/real-runtime.ts';
import { api } from './api.bench.ts';
import type { Bench } from './bench.ts';
import { Cleanups } from './cleanups.ts';
import { convergedPass } from './converged-pass.bench.ts';
import type { Figure } from './figure.ts';
import { logFollow } from './log-follow.bench.ts';
import { machineFacts } from './machine-facts.ts';
import { manyPods } from './many-pods.bench.ts';
import { memory } from './memory.bench.ts';
import { podLatency } from './pod-latency.bench.ts';
import { probes } from './probes.bench.ts';
import { renderTable } from './render-table.ts';
import { scrape } from './scrape.bench.ts';
import { startUp } from './start-up.bench.ts';

/** Measures and prints, asserts nothing: a busy machine is no failure. A bench that cannot run is one. */

/** In the order of the table. New subjects go here. */
const BENCHES: readonly Bench[] = [
  podLatency,
  memory,
  convergedPass,
  probes,
  api,
  scrape,
  logFollow,
  startUp,
  manyPods,
];
const DEFAULT_ROUNDS = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, program: { type: 'string', default: 'dist/main.js' } },
});
const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0 || !(rounds >= 1)) {
  const names = BENCHES.map(({ name }) => name).join(' ');
  process.stderr.write(`usage: bench.sh [--rounds N] [--program MAIN.JS] [BENCH…]\nbenches: ${names}\n`);
  process.exit(2);
}
const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

let running = new Cleanups();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    void running.run().finally(() => process.exit(130));
  });
}

process.stdout.write(`${await machineFacts()}\n\n`);
const unavailable = realRuntimeUnavailable();
const figures: Figure[] = [];
let failed = false;
for (const bench of chosen) {
  if (interrupted) break;
  if (bench.needsRealRuntime && unavailable !== undefined) {
    process.stdout.write(`${bench.name} left out: ${unavailable}\n`);
    continue;
  }
  failed = !(await measure(bench)) || failed;
}
if (interrupted) process.exit(130);
process.stdout.write(renderTable(figures));
process.exit(failed ? 1 : 0);

async function measure(bench: Bench): Promise<boolean> {
  running = new Cleanups();
  const note = (text: string): void => void process.stderr.write(`${bench.name}: ${text}\n`);
  const context = { rounds, program: values.program, cleanups: running, note };
  try {
    figures.push(...(await bench.run(context)));
    return true;
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    note(interrupted ? 'interrupted' : `failed: ${told}`);
    return false;
  } finally {
    await running.run();
  }
}
