import { expect, it } from 'vitest'
import type {
  CatalogPolicy,
  CatalogPorts,
  OpenModel,
  ReferencedFile,
  ResolvedModel,
  TransitionRule,
  VerifyOptions,
  WriteOptions,
} from './index.ts'
import * as core from './index.ts'

/** Does not compile once an exported type is gone. */
export type ExportedTypes = [
  CatalogPolicy,
  CatalogPorts,
  OpenModel,
  ReferencedFile,
  ResolvedModel,
  TransitionRule,
  VerifyOptions,
  WriteOptions,
]

it('exports these and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Catalog',
    'MODEL_FILE_EXTENSIONS',
    'TRANSITIONS',
    'canTransition',
    'defaultFileName',
    'evidenceOf',
    'fileReferenceOf',
    'fileReferencesOf',
    'findTransitionRule',
    'hasMatchingEvidence',
    'isMatchingEvidence',
  ])
})
