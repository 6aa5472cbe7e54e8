import type { SecurityProfile, SeLinuxOptions } from '../pod/index.ts';
import { type Shape, shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { relativePathErrors } from './path-rules.ts';
import { present, unlessEmpty } from './present.ts';
import { rangeErrors } from './range-errors.ts';

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const;

/** The longest path that Linux takes. */
const MAX_PROFILE_BYTES = 4095;

interface ProfileKind {
  readonly field: 'seccompProfile' | 'appArmorProfile';
  /** Its name in messages. */
  readonly name: 'seccomp' | 'AppArmor';
  readonly shape: Shape;
  readonly errorsIn: (localhostProfile: string) => readonly string[];
}

/** Reads `seccompProfile`. The profile is a file below the directory for them. */
export function readSeccompProfile(owner: Fields): SecurityProfile | undefined {
  return readProfile(owner, {
    field: 'seccompProfile',
    name: 'seccomp',
    shape: shapeOf('V1SeccompProfile'),
    errorsIn: relativePathErrors,
  });
}

/** Reads `appArmorProfile`. The profile is one that the kernel has loaded. */
export function readAppArmorProfile(owner: Fields): SecurityProfile | undefined {
  return readProfile(owner, {
    field: 'appArmorProfile',
    name: 'AppArmor',
    shape: shapeOf('V1AppArmorProfile'),
    errorsIn: (profile) => (profile.trim() === profile ? [] : ['must not be padded with whitespace']),
  });
}

export function readSeLinuxOptions(owner: Fields): SeLinuxOptions | undefined {
  const fields = owner.object('seLinuxOptions', shapeOf('V1SELinuxOptions'));
  if (fields === undefined) return undefined;
  const text = (name: string): string | undefined => fields.text(name);
  return unlessEmpty(
    present({ user: text('user'), role: text('role'), type: text('type'), level: text('level') }),
  );
}

/** Reads the id of a user or group. Beyond 31 bits some runtimes take it for another one, root among them. */
export function readId(fields: Fields, name: string): number | undefined {
  const id = fields.integer(name, 'int64');
  if (id !== undefined) fields.reportInvalid(name, id, idErrors(id));
  return id;
}

export const idErrors = (id: number): string[] => rangeErrors(id, 0, 2 ** 31 - 1);

function readProfile(owner: Fields, kind: ProfileKind): SecurityProfile | undefined {
  if (!owner.has(kind.field)) return undefined;
  const fields = owner.object(kind.field, kind.shape);
  if (fields === undefined) return undefined;
  if (fields.isEmpty('type')) {
    fields.report('type', `Required value: type is required when ${kind.field} is set`);
  }
  const type = fields.word('type', TYPES);
  if (type === 'Localhost') return { type, localhostProfile: readLocalhostProfile(fields, kind) };
  if (type === undefined) return undefined;
  if (fields.has('localhostProfile')) {
    const profile = fields.text('localhostProfile') ?? '';
    fields.reportInvalid('localhostProfile', profile, [
      `can only be set when ${kind.name} type is Localhost`,
    ]);
  }
  return { type };
}

/** An empty one would mean none at all. */
function readLocalhostProfile(fields: Fields, { name, errorsIn }: ProfileKind): string {
  const hint = `must be set when ${name} type is Localhost`;
  const profile = fields.requiredText('localhostProfile', hint) ?? '';
  fields.reportInvalid('localhostProfile', profile, errorsIn(profile));
  if (Buffer.byteLength(profile) > MAX_PROFILE_BYTES) {
    fields.report('localhostProfile', `Too long: may not be more than ${MAX_PROFILE_BYTES} bytes`);
  }
  return profile;
}
