import { describe } from 'vitest'
import { useHarness } from '../setup/use-harness.ts'
import { HANG_MS } from './hang.ts'
import { describeContent } from './verifier/describe-content.ts'
import { describeDigests } from './verifier/describe-digests.ts'
import { describeEnding } from './verifier/describe-ending.ts'
import { describeSeeing } from './verifier/describe-seeing.ts'
import {
  type CreateVerifierHarness,
  createVerifierFixture,
  type VerifierConformanceOptions,
} from './verifier/verifier-harness.ts'

/**
 * Declares the tests that every implementation of `FileVerifier` must pass; call it at the top of a test
 * file.
 */
export function describeVerifierConformance(
  name: string,
  createHarness: CreateVerifierHarness,
  { lacks = [] }: VerifierConformanceOptions = {},
): void {
  describe(`${name} as a FileVerifier`, { timeout: HANG_MS }, () => {
    const world = useHarness(() => createVerifierFixture(createHarness))
    describe('digests', () => describeDigests(world, lacks))
    describe('ending', () => describeEnding(world))
    describe('seeing', () => describeSeeing(world, lacks))
    if (!lacks.includes('bytes')) describe('content', () => describeContent(world))
  })
}
