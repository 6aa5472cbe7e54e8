/**
 * The signals that a container may ask to be stopped with (core/v1: Signal), and what CRI calls each. That CRI does is checked by the
 * compiler where a request is made of it.
 */
export const stopSignals = {
  SIGABRT: 'SIGABRT',
  SIGALRM: 'SIGALRM',
  SIGBUS: 'SIGBUS',
  SIGCHLD: 'SIGCHLD',
  SIGCLD: 'SIGCLD',
  SIGCONT: 'SIGCONT',
  SIGFPE: 'SIGFPE',
  SIGHUP: 'SIGHUP',
  SIGILL: 'SIGILL',
  SIGINT: 'SIGINT',
  SIGIO: 'SIGIO',
  SIGIOT: 'SIGIOT',
  SIGKILL: 'SIGKILL',
  SIGPIPE: 'SIGPIPE',
  SIGPOLL: 'SIGPOLL',
  SIGPROF: 'SIGPROF',
  SIGPWR: 'SIGPWR',
  SIGQUIT: 'SIGQUIT',
  SIGSEGV: 'SIGSEGV',
  SIGSTKFLT: 'SIGSTKFLT',
  SIGSTOP: 'SIGSTOP',
  SIGSYS: 'SIGSYS',
  SIGTERM: 'SIGTERM',
  SIGTRAP: 'SIGTRAP',
  SIGTSTP: 'SIGTSTP',
  SIGTTIN: 'SIGTTIN',
  SIGTTOU: 'SIGTTOU',
  SIGURG: 'SIGURG',
  SIGUSR1: 'SIGUSR1',
  SIGUSR2: 'SIGUSR2',
  SIGVTALRM: 'SIGVTALRM',
  SIGWINCH: 'SIGWINCH',
  SIGXCPU: 'SIGXCPU',
  SIGXFSZ: 'SIGXFSZ',
  SIGRTMIN: 'SIGRTMIN',
  'SIGRTMIN+1': 'SIGRTMINPLUS1',
  'SIGRTMIN+2': 'SIGRTMINPLUS2',
  'SIGRTMIN+3': 'SIGRTMINPLUS3',
  'SIGRTMIN+4': 'SIGRTMINPLUS4',
  'SIGRTMIN+5': 'SIGRTMINPLUS5',
  'SIGRTMIN+6': 'SIGRTMINPLUS6',
  'SIGRTMIN+7': 'SIGRTMINPLUS7',
  'SIGRTMIN+8': 'SIGRTMINPLUS8',
  'SIGRTMIN+9': 'SIGRTMINPLUS9',
  'SIGRTMIN+10': 'SIGRTMINPLUS10',
  'SIGRTMIN+11': 'SIGRTMINPLUS11',
  'SIGRTMIN+12': 'SIGRTMINPLUS12',
  'SIGRTMIN+13': 'SIGRTMINPLUS13',
  'SIGRTMIN+14': 'SIGRTMINPLUS14',
  'SIGRTMIN+15': 'SIGRTMINPLUS15',
  'SIGRTMAX-14': 'SIGRTMAXMINUS14',
  'SIGRTMAX-13': 'SIGRTMAXMINUS13',
  'SIGRTMAX-12': 'SIGRTMAXMINUS12',
  'SIGRTMAX-11': 'SIGRTMAXMINUS11',
  'SIGRTMAX-10': 'SIGRTMAXMINUS10',
  'SIGRTMAX-9': 'SIGRTMAXMINUS9',
  'SIGRTMAX-8': 'SIGRTMAXMINUS8',
  'SIGRTMAX-7': 'SIGRTMAXMINUS7',
  'SIGRTMAX-6': 'SIGRTMAXMINUS6',
  'SIGRTMAX-5': 'SIGRTMAXMINUS5',
  'SIGRTMAX-4': 'SIGRTMAXMINUS4',
  'SIGRTMAX-3': 'SIGRTMAXMINUS3',
  'SIGRTMAX-2': 'SIGRTMAXMINUS2',
  'SIGRTMAX-1': 'SIGRTMAXMINUS1',
  SIGRTMAX: 'SIGRTMAX',
} as const;

export type StopSignal = keyof typeof stopSignals;

/** A text that is the name of one of them; undefined for any other. */
export function stopSignalNamed(text: string): StopSignal | undefined {
  return stopSignalNames.find((name) => name === text);
}

/** In alphabetical order, as Kubernetes lists them. */
export const stopSignalNames: readonly StopSignal[] = namesOf(stopSignals).sort();

function namesOf<T extends object>(table: T): (keyof T & string)[] {
  const names: (keyof T & string)[] = [];
  for (const name in table) names.push(name);
  return names;
}
