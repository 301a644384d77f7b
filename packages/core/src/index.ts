export { Catalog } from './catalog.ts'
export type { CatalogPolicy, CatalogPorts } from './catalog-ports.ts'
export { evidenceOf, hasMatchingEvidence, isMatchingEvidence } from './evidence.ts'
export { canTransition, findTransitionRule, TRANSITIONS, type TransitionRule } from './lifecycle.ts'
export {
  defaultFileName,
  fileReferenceOf,
  fileReferencesOf,
  MODEL_FILE_EXTENSIONS,
  type ReferencedFile,
} from './model-file-name.ts'
export type { VerifyOptions, WriteOptions } from './operation-options.ts'
export type { OpenModel, ResolvedModel } from './resolve-model.ts'
