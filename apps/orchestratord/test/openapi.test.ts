import { Validator } from '@seriousme/openapi-schema-validator'
import type { PublicEntry } from 'model-catalog'
import { expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod'
import { createOpenApiDocument } from '../src/openapi/openapi-document.ts'
import { OPERATIONS } from '../src/openapi/operations.ts'
import { PROBLEM_STATUS } from '../src/problems/to-problem.ts'
import type { modelSchema } from '../src/schemas/answers.ts'
import { useService } from './world.ts'

const service = await useService()

it('the document that is served is valid OpenAPI 3.1', async () => {
  const { status, body } = await service.send('GET', '/openapi.json')
  expect(status).toBe(200)
  expect(body).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument('2.0.0'))))
  const validator = new Validator()
  expect(await validator.validate(structuredClone(body))).toMatchObject({ valid: true })
  expect(validator.version).toBe('3.1')
})

it('the document describes every field that anyone may see of a model', () => {
  type Described = keyof z.infer<typeof modelSchema> | 'extra'
  expectTypeOf<Exclude<keyof PublicEntry, Described>>().toBeNever()
})

it('the document says what a body may have, and that it may have nothing else', async () => {
  const { body } = await service.send('GET', '/openapi.json')
  const post = body.paths['/v2/catalog/models'].post.requestBody.content['application/json'].schema
  expect(post).toMatchObject({ additionalProperties: false, required: ['id', 'source'] })
  expect(Object.keys(post.properties).sort()).toEqual([
    ...['digest', 'files', 'id', 'name', 'reason', 'sizeBytes', 'source', 'tags'],
  ])
  const list = body.paths['/v2/catalog/models'].get
  expect(list.responses['200'].content['application/json'].schema.properties.models.items).toEqual({
    $ref: '#/components/schemas/Model',
  })
  const limit = list.parameters.find(({ name }: { name: string }) => name === 'limit')
  expect(limit).toMatchObject({ in: 'query', required: false, schema: { type: 'integer', maximum: 1000 } })
})

it.each(Object.entries(OPERATIONS))('%s is a route, and documents its problems', async (id, operation) => {
  const { body } = await service.send('GET', '/openapi.json')
  const described = body.paths[operation.path][operation.method.toLowerCase()]
  expect(described.operationId).toBe(id)
  for (const code of operation.problems)
    expect(described.responses[String(PROBLEM_STATUS[code])].description).toContain(code)
  if (id === 'watchModels') return
  const path = operation.path.replace('{id}', 'org%2Fgone')
  const answer = await service.send(operation.method, path, operation.body && {})
  expect(Object.keys(described.responses), JSON.stringify(answer.body)).toContain(String(answer.status))
})
