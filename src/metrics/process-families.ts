import { readdir, readFile } from 'node:fs/promises';
import type { Family } from './family.ts';

/**
 * The daemon's own process, under the names that Prometheus' clients have for it. prom-client has more of them, which wake the process
 * a hundred times a second to be measured.
 */
export async function processFamilies(): Promise<readonly Family[]> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const [openFiles, maxFiles] = await Promise.all([countOpenFiles(), readMaxFiles()]);
  return [
    {
      ...one('process_cpu_seconds_total', (user + system) / 1e6, 'CPU time that the daemon has used.'),
      type: 'counter',
    },
    one('process_resident_memory_bytes', rss, 'Memory that the daemon has in use.'),
    one(
      'process_start_time_seconds',
      performance.timeOrigin / 1000,
      'When the daemon began, since the epoch.',
    ),
    one('process_open_fds', openFiles, 'Files that the daemon has open.'),
    ...(maxFiles === undefined ? [] : [one('process_max_fds', maxFiles, 'Files that it may have open.')]),
    one('nodejs_heap_size_used_bytes', heapUsed, 'Memory that JavaScript objects take.'),
    one('nodejs_heap_size_total_bytes', heapTotal, 'Memory that is kept for JavaScript objects.'),
    one(
      'nodejs_external_memory_bytes',
      external,
      'Memory that belongs to JavaScript objects and lies beside them.',
    ),
    eventLoopFamily(),
  ];
}

/** How busy the one thread is that everything waits for: its rate is a share, and near 1 the daemon falls behind. */
function eventLoopFamily(): Family {
  const { active } = performance.eventLoopUtilization();
  const help =
    'Time that the event loop was busy since the daemon began: its rate is how near it is to falling behind.';
  return { ...one('tinylet_event_loop_busy_seconds_total', active / 1000, help), type: 'counter' };
}

function one(name: string, value: number, help: string): Family {
  return { name, help, type: 'gauge', samples: [{ value }] };
}

/** One of them is the directory itself, while it is read. */
async function countOpenFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length - 1;
}

async function readMaxFiles(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
