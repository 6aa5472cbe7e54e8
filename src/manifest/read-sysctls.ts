import { dottedSysctl, type Sysctl, sysctlNameErrors, sysctlNamespace } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { quote } from './problems.ts';

/** Which of the machine's namespaces a pod shares. */
export interface HostNamespaces {
  readonly hostNetwork: boolean;
  readonly hostIPC: boolean;
}

/** Reads `sysctls` of a pod. Which of them are allowed is for the machine to say. */
export function readSysctls(security: Fields, host: HostNamespaces): Sysctl[] {
  const taken = new Set<string>();
  return security.objects('sysctls', shapeOf('V1Sysctl')).map((fields) => {
    const name = fields.requiredText('name') ?? '';
    if (name !== '') checkName(fields, name, taken);
    fields.reportInvalid('name', name, sharingErrors(name, host));
    const value = fields.text('value') ?? '';
    fields.reportInvalid('value', value, valueErrors(value));
    return { name, value };
  });
}

function checkName(fields: Fields, name: string, taken: Set<string>): void {
  const reasons = sysctlNameErrors(name);
  fields.reportInvalid('name', name, reasons);
  const dotted = dottedSysctl(name);
  if (reasons.length === 0 && taken.has(dotted)) fields.report('name', `Duplicate value: ${quote(name)}`);
  taken.add(dotted);
}

/** A sysctl of a namespace that is the machine's would be set for the machine. */
function sharingErrors(name: string, { hostNetwork, hostIPC }: HostNamespaces): string[] {
  const namespace = sysctlNamespace(name);
  if (hostNetwork && namespace === 'net') return ["may not be specified when 'hostNetwork' is true"];
  if (hostIPC && namespace === 'ipc') return ["may not be specified when 'hostIPC' is true"];
  return [];
}

/** Some runtimes join settings by such characters and so would take one for several (CVE-2022-0811). */
function valueErrors(value: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the search for them
  return /[+\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
    ? ["must not contain '+', a line break or another control character"]
    : [];
}
