import { defineParameterType } from '@cucumber/cucumber'
import { CATALOG_ERROR_CODES, LIFECYCLE_STATES } from 'model-catalog'
import { CONTENT } from './model-bytes.ts'

defineParameterType({ name: 'state', regexp: new RegExp(LIFECYCLE_STATES.join('|'), 'u') })
defineParameterType({ name: 'code', regexp: new RegExp(CATALOG_ERROR_CODES.join('|'), 'u') })
defineParameterType({ name: 'content', regexp: CONTENT })
defineParameterType({ name: 'participant', regexp: /provisioner|orchestrator/u })
