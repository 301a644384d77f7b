// What needs zod: the checks of what callers pass.
export { parseEntryUpdate } from './schema/entry-update-schema.ts'
export { parseListQuery } from './schema/list-query-schema.ts'
export { parsePlan } from './schema/plan-schema.ts'
export { parseAttribution, parseRegistration } from './schema/registration-schema.ts'
export {
  parseHolder,
  parseLifecycleState,
  parseNodeName,
  parseTimeInput,
} from './schema/value-schemas.ts'
