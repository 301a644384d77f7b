import { expect, it } from 'vitest'
import type { CatalogPorts, TransitionRule, VerifyOptions, WriteOptions } from './index.ts'
import * as core from './index.ts'

/** Does not compile once an exported type is gone. */
export type ExportedTypes = [CatalogPorts, TransitionRule, VerifyOptions, WriteOptions]

it('exports these and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Catalog',
    'MODEL_FILE_EXTENSIONS',
    'TRANSITIONS',
    'canTransition',
    'defaultFileName',
    'evidenceOf',
    'fileReferenceOf',
    'findTransitionRule',
    'hasMatchingEvidence',
    'isMatchingEvidence',
  ])
})
