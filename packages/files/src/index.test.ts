import { expect, it } from 'vitest'
import type { ModelDirectoryOptions, SymlinkPolicy, VolumesOptions } from './index.ts'
import * as files from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [ModelDirectoryOptions, SymlinkPolicy, VolumesOptions]

it('exports these and nothing else', () => {
  expect(Object.keys(files).sort()).toEqual(['createModelDirectory', 'createVolumes', 'findAnchorProblem'])
})
