import { type SampleEntryOverrides, sampleDigest, sampleEntry } from '@catalog/testkit'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { expect, it } from 'vitest'
import { formatCycloneDx } from '../src/index.ts'

const digest = sampleDigest(1)
const other = sampleDigest(2)
const at = new Date('2026-01-02T03:04:05Z')

/** The document, valid by the official schema of CycloneDX 1.6. */
async function toDocument(...entries: readonly Partial<SampleEntryOverrides>[]) {
  const text = await formatCycloneDx(
    entries.map((entry, index) => ({ ...sampleEntry({ id: `m-${index}`, ...entry }), revision: 1 })),
    { at },
  )
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  expect(await validator.validate(text)).toBeNull()
  return JSON.parse(text)
}

it('the schema refuses what is not a document', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  expect(
    await validator.validate('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}'),
  ).not.toBeNull()
})

it('a model is a component with its name, version, digest, source, licence and facts', async () => {
  const facts = {
    ...{ digest, format: 'gguf', architecture: 'llama', parameters: 7_000_000_000, quantisation: 'Q4_K_M' },
    ...{ contextLength: 8192, licence: 'apache-2.0' },
  }
  const document = await toDocument({
    name: 'Wren 7B',
    source: 'hf:acme/wren/wren.gguf@v1',
    digest,
    state: 'Active',
    sizeBytes: 42,
    facts,
  })
  expect(document).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(/^urn:uuid:/u),
    metadata: { timestamp: '2026-01-02T03:04:05.000Z', tools: { components: [{ name: 'model-catalog' }] } },
  })
  expect(document.components).toHaveLength(1)
  expect(document.components[0]).toMatchObject({
    type: 'machine-learning-model',
    'bom-ref': 'm-0',
    name: 'Wren 7B',
    version: 'v1',
    purl: 'pkg:huggingface/acme/wren@v1',
    hashes: [{ alg: 'SHA-256', content: digest }],
    externalReferences: [{ url: 'hf:acme/wren/wren.gguf@v1', type: 'distribution' }],
    licenses: [{ license: { id: 'Apache-2.0' } }],
    modelCard: { modelParameters: { architectureFamily: 'llama' } },
  })
  const properties = document.components[0].properties.map(
    ({ name, value }: Record<string, string>) => `${name}=${value}`,
  )
  expect(properties).toEqual(
    expect.arrayContaining([
      'model-catalog:size=42',
      'model-catalog:parameters=7000000000',
      'model-catalog:quantisation=Q4_K_M',
      'model-catalog:context-length=8192',
      'model-catalog:state=Active',
    ]),
  )
})

it('each file of a multi-file model is a component in it', async () => {
  const files = [
    { path: 'a/one.safetensors', digest, sizeBytes: 1 },
    { path: 'two.safetensors', digest: other },
  ]
  const { components } = await toDocument({
    digest: sampleDigest(3),
    files,
  })
  expect(components[0].hashes).toBeUndefined()
  expect(components[0].components).toMatchObject([
    { type: 'file', name: 'a/one.safetensors', hashes: [{ alg: 'SHA-256', content: digest }] },
    { type: 'file', name: 'two.safetensors', hashes: [{ alg: 'SHA-256', content: other }] },
  ])
  expect(components[0].properties).toContainEqual({
    name: 'model-catalog:manifest-digest',
    value: sampleDigest(3),
  })
})

it('is valid for hostile names, sources and licences, without credentials and local paths', async () => {
  const document = await toDocument(
    { name: 'a\nb\u0000', source: 'https://user:hush@host/a b"<>.gguf?token=hush' },
    { source: '/home/ada/wren.gguf' },
    { source: '?token=hush' },
    { source: 'oci:registry.example/acme/wren:1m' },
    { source: 'not a source at all <>' },
    {
      facts: { digest, format: 'gguf', licence: 'My own licence\n(v2)' },
    },
    { facts: { digest, format: 'gguf', licence: ' ' } },
  )
  const text = JSON.stringify(document)
  expect(text).not.toContain('hush')
  expect(text).not.toContain('/home/ada')
  expect(document.components).toHaveLength(7)
  expect(document.components[3].version).toBe('1m')
})

it('of no models is valid too', async () => {
  expect((await toDocument()).components ?? []).toEqual([])
})
