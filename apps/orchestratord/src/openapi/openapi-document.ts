/** Room `openapi`: which operations there are, and their description in OpenAPI 3.1. */

import * as z from 'zod'
import { PROBLEM_STATUS, type ProblemCode } from '../problems/to-problem.ts'
import { changeSchema, modelSchema, problemSchema } from '../schemas/answers.ts'
import { type Answer, OPERATIONS, type Operation } from './operations.ts'

/** Problems that any operation may answer. */
const COMMON: readonly ProblemCode[] = [
  ...([
    'INVALID_INPUT',
    'BAD_REQUEST',
    'INTERNAL',
    'IO',
    'CLOSED',
    'DAMAGED',
    'STOPPING',
    'NO_SPACE',
    'UNAVAILABLE',
  ] as const),
]
const COMPONENTS = { Model: modelSchema, Change: changeSchema, Problem: problemSchema }

type Json = Readonly<Record<string, unknown>>

/** The OpenAPI 3.1 document of the service, from the schemas by which it checks what it gets. */
export function createOpenApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [operationId, operation] of Object.entries(OPERATIONS)) {
    const described = { [operation.method.toLowerCase()]: describeOperation(operationId, operation) }
    paths[operation.path] = { ...paths[operation.path], ...described }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'orchestratord', version, description: 'The model catalog over HTTP.' },
    paths,
    components: { schemas: mapValues(COMPONENTS, (schema) => toJsonSchema(schema, 'output')) },
  }
}

function describeOperation(operationId: string, operation: Operation): Json {
  const { summary, body, answers } = operation
  return {
    operationId,
    summary,
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          body.type.map((type) => [type, { schema: toJsonSchema(body.schema, 'input') }]),
        ),
      },
    }),
    responses: { ...mapValues(answers, describeAnswer), ...describeProblems(operation) },
  }
}

function describeAnswer({ description, type, schema }: Answer): Json {
  if (type === undefined) return { description }
  return {
    description,
    content: { [type]: schema === undefined ? {} : { schema: toJsonSchema(schema, 'output') } },
  }
}

function describeProblems({ problems }: Operation): Json {
  const codes = [...problems, ...COMMON]
  const statuses = [...new Set(codes.map((code) => PROBLEM_STATUS[code]))]
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    statuses.map((status) => {
      const description = codes.filter((code) => PROBLEM_STATUS[code] === status).join(', ')
      return [status, { description, content }]
    }),
  )
}

function pathParameters({ path }: Operation): readonly Json[] {
  if (!path.includes('{id}')) return []
  const description = 'The id of a model, its slashes percent-encoded: org%2Fmodel'
  return [{ name: 'id', in: 'path', required: true, description, schema: { type: 'string' } }]
}

function queryParameters({ query }: Operation): readonly Json[] {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    schema: toJsonSchema(schema as z.ZodType, 'input'),
  }))
}

function headerParameters({ headers = {} }: Operation): readonly Json[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: name === 'If-Match',
    description,
    schema: { type: 'string' },
  }))
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...found } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      const name = Object.entries(COMPONENTS).find(([, each]) => each === zodSchema && each !== schema)?.[0]
      if (name === undefined) return
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
      jsonSchema.$ref = `#/components/schemas/${name}`
    },
  })
  return found
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
