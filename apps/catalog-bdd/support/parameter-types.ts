import { defineParameterType } from '@cucumber/cucumber'
import { CATALOG_ERROR_CODES, LIFECYCLE_STATES } from 'model-catalog'

defineParameterType({ name: 'state', regexp: new RegExp(LIFECYCLE_STATES.join('|'), 'u') })
defineParameterType({ name: 'code', regexp: new RegExp(CATALOG_ERROR_CODES.join('|'), 'u') })
defineParameterType({ name: 'participant', regexp: /provisioner|orchestrator/u })
