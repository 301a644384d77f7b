import type * as z from 'zod'
import type { ProblemCode } from '../problems/to-problem.ts'
import {
  changePageSchema,
  healthSchema,
  modelCopiesPageSchema,
  modelCopiesSchema,
  modelPageSchema,
  modelSchema,
} from '../schemas/answers.ts'
import { registrationSchema, updateSchema } from '../schemas/bodies.ts'
import { historyQuerySchema, listQuerySchema, noQuerySchema, removalQuerySchema } from '../schemas/queries.ts'

export type OperationId =
  | 'registerModel'
  | 'listModels'
  | 'getModel'
  | 'updateModel'
  | 'removeModel'
  | 'getModelHistory'
  | 'getModelCopies'
  | 'listCopies'
  | 'watchModels'
  | 'getHealth'
  | 'getReadiness'
  | 'getMetrics'
  | 'getDescription'

export interface Answer {
  readonly description: string
  /** Absent for an answer without a body. */
  readonly type?: string
  readonly schema?: z.ZodType
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With `{id}` for the id of a model, whose slashes are percent-encoded. */
  readonly path: string
  readonly summary: string
  readonly query: z.ZodObject
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly type: readonly string[]; readonly schema: z.ZodType }
  readonly answers: Readonly<Record<string, Answer>>
  /** What else it may answer, beside the problems that every operation has. */
  readonly problems: readonly ProblemCode[]
}

const JSON_TYPE = 'application/json'
const MODELS = '/v2/catalog/models'
const model = { type: JSON_TYPE, schema: modelSchema }
const IF_MATCH = { 'If-Match': 'The ETag of the model, or *' }

/** The routes are made from this table, and so is the OpenAPI document. */
export const OPERATIONS: Readonly<Record<OperationId, Operation>> = {
  registerModel: {
    method: 'POST',
    path: MODELS,
    summary:
      'Registers a model. The same registration once more gives 200 and the model, another one of its id 409.',
    query: noQuerySchema,
    body: { type: [JSON_TYPE], schema: registrationSchema },
    answers: {
      201: { description: 'Registered', ...model },
      200: { description: 'Was registered with the same content', ...model },
    },
    problems: ['ALREADY_EXISTS', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'],
  },
  listModels: {
    method: 'GET',
    path: MODELS,
    summary: 'The models that all given filters match, a page at a time.',
    query: listQuerySchema,
    answers: { 200: { description: 'A page of models', type: JSON_TYPE, schema: modelPageSchema } },
    problems: [],
  },
  getModel: {
    method: 'GET',
    path: `${MODELS}/{id}`,
    summary: 'One model.',
    query: noQuerySchema,
    headers: { 'If-None-Match': 'The ETag of the model as the caller has it' },
    answers: { 200: { description: 'The model', ...model }, 304: { description: 'Not modified' } },
    problems: ['NOT_FOUND'],
  },
  updateModel: {
    method: 'PATCH',
    path: `${MODELS}/{id}`,
    summary: 'Sets the state of a model, or changes what is recorded of it.',
    query: noQuerySchema,
    headers: IF_MATCH,
    body: { type: [JSON_TYPE, 'application/merge-patch+json'], schema: updateSchema },
    answers: { 200: { description: 'The model as it is now', ...model } },
    problems: [
      ...(['NOT_FOUND', 'INVALID_TRANSITION', 'IN_USE', 'ALREADY_EXISTS', 'FILE_MISSING'] as const),
      ...([
        'PRECONDITION_FAILED',
        'PRECONDITION_REQUIRED',
        'UNSUPPORTED_MEDIA_TYPE',
        'BODY_TOO_LARGE',
      ] as const),
    ],
  },
  removeModel: {
    method: 'DELETE',
    path: `${MODELS}/{id}`,
    summary: 'Removes a model from the catalog. Its file stays.',
    query: removalQuerySchema,
    headers: IF_MATCH,
    answers: { 204: { description: 'Removed' } },
    problems: ['NOT_FOUND', 'IN_USE', 'PRECONDITION_FAILED', 'PRECONDITION_REQUIRED'],
  },
  getModelHistory: {
    method: 'GET',
    path: `${MODELS}/{id}/history`,
    summary: 'The changes of one model, also of a removed one, oldest first.',
    query: historyQuerySchema,
    answers: { 200: { description: 'A page of changes', type: JSON_TYPE, schema: changePageSchema } },
    problems: ['NOT_FOUND'],
  },
  getModelCopies: {
    method: 'GET',
    path: `${MODELS}/{id}/copies`,
    summary: 'Which machines and volumes have a verified copy of one model.',
    query: noQuerySchema,
    answers: { 200: { description: 'Its copies', type: JSON_TYPE, schema: modelCopiesSchema } },
    problems: ['NOT_FOUND'],
  },
  listCopies: {
    method: 'GET',
    path: '/v2/catalog/copies',
    summary: 'The same of all models that all given filters match, a page at a time.',
    query: listQuerySchema,
    answers: {
      200: {
        description: 'A page of models with their copies',
        type: JSON_TYPE,
        schema: modelCopiesPageSchema,
      },
    },
    problems: [],
  },
  watchModels: {
    method: 'GET',
    path: '/v2/catalog/events',
    summary:
      'Server-sent events: `change` for every change by any process, `reset` if the models must be listed again.',
    query: noQuerySchema,
    headers: { 'Last-Event-ID': 'The id of the last event, or a position' },
    answers: { 200: { description: 'The stream', type: 'text/event-stream' } },
    problems: ['TOO_MANY_STREAMS'],
  },
  getHealth: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process runs.',
    query: noQuerySchema,
    answers: { 200: { description: 'It does', type: JSON_TYPE, schema: healthSchema } },
    problems: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the catalog can be read.',
    query: noQuerySchema,
    answers: { 200: { description: 'It can', type: JSON_TYPE, schema: healthSchema } },
    problems: [],
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'The metrics of the catalog for Prometheus.',
    query: noQuerySchema,
    answers: { 200: { description: 'The text format of Prometheus', type: 'text/plain' } },
    problems: ['ROUTE_NOT_FOUND'],
  },
  getDescription: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    query: noQuerySchema,
    answers: { 200: { description: 'OpenAPI 3.1', type: JSON_TYPE } },
    problems: [],
  },
}
