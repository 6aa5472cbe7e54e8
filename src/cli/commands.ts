import type { Command } from './command.ts';
import { applyCommand } from './commands/apply-command.ts';
import { createCompleteCommand } from './commands/complete-command.ts';
import { completionCommand } from './commands/completion-command.ts';
import { daemonCommand } from './commands/daemon-command.ts';
import { deleteCommand } from './commands/delete-command.ts';
import { eventsCommand } from './commands/events-command.ts';
import { execCommand } from './commands/exec-command.ts';
import { getCommand } from './commands/get-command.ts';
import { kubeconfigCommand } from './commands/kubeconfig-command.ts';
import { kubectlCommand } from './commands/kubectl-command.ts';
import { logsCommand } from './commands/logs-command.ts';
import { runCommand } from './commands/run-command.ts';
import { schemaCommand } from './commands/schema-command.ts';
import { statusCommand } from './commands/status-command.ts';
import { stopCommand } from './commands/stop-command.ts';
import { supportCommand } from './commands/support-command.ts';
import { validateCommand } from './commands/validate-command.ts';
import { versionCommand } from './commands/version-command.ts';
import { waitCommand } from './commands/wait-command.ts';
import { whyCommand } from './commands/why-command.ts';

/** Every command, in the order of the help. A new one is a file in commands/ and a line here. */
export const commands: readonly Command[] = [
  daemonCommand,
  runCommand,
  validateCommand,
  getCommand,
  applyCommand,
  deleteCommand,
  waitCommand,
  statusCommand,
  whyCommand,
  eventsCommand,
  logsCommand,
  execCommand,
  kubeconfigCommand,
  kubectlCommand,
  stopCommand,
  supportCommand,
  schemaCommand,
  completionCommand,
  versionCommand,
  createCompleteCommand(() => commands),
];
