/** Room `conformance`: what every adapter of a port passes. */
import { describe } from 'vitest'
import { useHarness } from '../setup/use-harness.ts'
import { describeAllowedLinks } from './files/describe-allowed-links.ts'
import { describeLooking } from './files/describe-looking.ts'
import { describeMoving } from './files/describe-moving.ts'
import { describePaths } from './files/describe-paths.ts'
import { describeRemoving } from './files/describe-removing.ts'
import { describeReplacing } from './files/describe-replacing.ts'
import {
  type CreateFilesHarness,
  createFilesFixture,
  type FilesConformanceOptions,
} from './files/files-harness.ts'
import { HANG_MS } from './hang.ts'

/**
 * Declares the tests that every implementation of `ModelFiles` must pass; call it at the top of a test file.
 */
export function describeFilesConformance(
  name: string,
  createHarness: CreateFilesHarness,
  { lacks = [] }: FilesConformanceOptions = {},
): void {
  describe(`${name} as ModelFiles`, { timeout: HANG_MS }, () => {
    const world = useHarness(() => createFilesFixture(createHarness))
    describe('paths', () => describePaths(world, lacks))
    if (!lacks.includes('symbolic-links')) describe('allowed links', () => describeAllowedLinks(world))
    describe('looking', () => describeLooking(world, lacks))
    describe('moving', () => describeMoving(world))
    describe('removing', () => describeRemoving(world, lacks))
    if (!lacks.includes('hard-links')) describe('replacing', () => describeReplacing(world))
  })
}
