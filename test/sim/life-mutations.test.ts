import { test } from 'vitest';
import { findOut } from './find-out.ts';
import { LIFE_MUTATIONS } from './life-mutations.ts';

test.each(LIFE_MUTATIONS)('a daemon that $name is found out', findOut, 240_000);
