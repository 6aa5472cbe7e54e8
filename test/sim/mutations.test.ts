import { test } from 'vitest';
import { findOut } from './find-out.ts';
import { MUTATIONS } from './mutations.ts';

test.each(MUTATIONS)('a daemon that $name is found out', findOut, 240_000);
