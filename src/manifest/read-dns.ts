import {
  type DnsOption,
  type DnsPolicy,
  dnsSearchErrors,
  ipErrors,
  type PodDnsConfig,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';

const POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const;

/** What the C libraries' resolvers take. */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** Reads `dnsPolicy` and `dnsConfig` (core/validation: validatePodDNSConfig). */
export function readDns(spec: Fields): { dnsPolicy?: DnsPolicy; dnsConfig?: PodDnsConfig } {
  const policy = spec.word('dnsPolicy', POLICIES);
  if (policy === 'None' && !spec.has('dnsConfig')) {
    spec.report('dnsConfig', 'Required value: must provide `dnsConfig` when `dnsPolicy` is None');
  }
  const fields = spec.object('dnsConfig', shapeOf('V1PodDNSConfig'));
  return present({
    dnsPolicy: policy === 'ClusterFirst' ? undefined : policy,
    dnsConfig: fields && readConfig(fields, policy === 'None' && spec.has('dnsConfig')),
  });
}

function readConfig(fields: Fields, needsServer: boolean): PodDnsConfig | undefined {
  const nameservers = fields.strings('nameservers');
  if (needsServer && fields.isEmpty('nameservers')) {
    fields.report(
      'nameservers',
      'Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
    );
  }
  fields.reportInvalidItems('nameservers', nameservers, ipErrors);
  checkLength(fields, 'nameservers', nameservers, MAX_NAMESERVERS);
  const searches = readSearches(fields);
  const options = fields.objects('options', shapeOf('V1PodDNSConfigOption')).map(readOption);
  return unlessEmpty(
    present({
      nameservers: unlessEmpty(nameservers),
      searches: unlessEmpty(searches),
      options: unlessEmpty(options),
    }),
  );
}

function readSearches(fields: Fields): string[] {
  const searches = fields.strings('searches');
  fields.reportInvalidItems('searches', searches, dnsSearchErrors);
  checkLength(fields, 'searches', searches, MAX_SEARCHES);
  const characters = searches.join(' ').length;
  if (characters > MAX_SEARCH_CHARACTERS) {
    fields.report(
      'searches',
      `Invalid value: ${characters} characters: must not have more than ${MAX_SEARCH_CHARACTERS} characters ` +
        '(including spaces) in the search list',
    );
  }
  return searches;
}

function checkLength(
  fields: Fields,
  name: 'nameservers' | 'searches',
  { length }: readonly string[],
  most: number,
): void {
  const what = name === 'searches' ? 'search paths' : name;
  if (length > most) {
    fields.report(name, `Invalid value: ${length} ${what}: must not have more than ${most} ${what}`);
  }
}

function readOption(fields: Fields): DnsOption {
  const name = fields.requiredText('name', 'must not be empty') ?? '';
  return present({ name, value: fields.text('value') });
}
