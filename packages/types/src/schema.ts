// What needs zod: the checks of what callers pass.
export { parseBundle } from './schema/bundle-schema.ts'
export {
  customSchema,
  defineOptionalOptions,
  defineOptions,
  functionSchema,
  type OptionsParser,
  optionsSchema,
} from './schema/define-options.ts'
export { parseEntryUpdate } from './schema/entry-update-schema.ts'
export { parseListQuery } from './schema/list-query-schema.ts'
export {
  attributionShape,
  booleanSchema,
  FEWEST_SEGMENTS,
  objectSchema,
  parsePosition,
  parseText,
  policySchema,
  positionSchema,
  positiveNumberSchema,
  pruneShape,
  revisionSchema,
  signalSchema,
  textSchema,
  uncheckedSchema,
  waitSchema,
} from './schema/option-schemas.ts'
export { parsePlan } from './schema/plan-schema.ts'
export { parseRegistration } from './schema/registration-schema.ts'
export { parsePolicyChange } from './schema/settings-schema.ts'
export {
  holderSchema,
  nodeNameSchema,
  parseLifecycleState,
  parseTimeInput,
  remarkSchema,
} from './schema/value-schemas.ts'
