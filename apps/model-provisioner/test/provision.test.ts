import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProvisionOptions, type ProvisionProgress, provision } from '../src/provision/provision.ts'
import { createSafeFetch } from '../src/source/safe-fetch.ts'
import { type Behaviour, FaultySource } from './faulty-source.ts'

const CHECKPOINT_BYTES = 64 * 1024
const BYTES = sampleGguf('provisioned', { sizeBytes: 512 * 1024 })
const DIGEST = createHash('sha256').update(BYTES).digest('hex')

const root = useTemporaryDirectory()
let source: FaultySource
let catalog: Catalog

beforeEach(async () => {
  source = await FaultySource.start()
  catalog = await openCatalog({ root: root.path, holder: 'provisioner' })
})
afterEach(async () => {
  await catalog.close()
  await source[Symbol.asyncDispose]()
})

async function registerModel(more: object = {}): Promise<void> {
  await catalog.register({ id: 'm', source: source.put('/m.gguf', BYTES), digest: DIGEST, ...more })
}

function run(more: Partial<ProvisionOptions> = {}): ReturnType<typeof provision> {
  return provision(catalog, 'm', {
    fetch: createSafeFetch({ allowPrivate: true }),
    retry: { firstMs: 1, mostMs: 5 },
    checkpointEveryBytes: CHECKPOINT_BYTES,
    ...more,
  })
}

describe('provision', () => {
  it('fetches a model, has it verified, and leaves nothing else behind', async () => {
    await registerModel()
    const seen: ProvisionProgress[] = []
    const entry = await run({ onProgress: (progress) => seen.push(progress) })
    expect(entry).toMatchObject({ state: 'Active', digest: DIGEST })
    expect(readFileSync(join(root.path, 'm.gguf')).equals(BYTES)).toBe(true)
    for (const left of ['m.gguf.partial', 'm.gguf.partial.checkpoint', 'm.gguf.partial.etag'])
      expect(existsSync(join(root.path, left)), left).toBe(false)
    expect(seen.at(0)?.phase).toBe('fetch')
    expect(seen.at(-1)).toMatchObject({ id: 'm', phase: 'verify', doneBytes: BYTES.length })
    expect(await run()).toMatchObject({ state: 'Active' })
    expect(source.requests).toHaveLength(1)
  })

  it.each<[what: string, plan: Behaviour[]]>([
    ['is cut off again and again', [200, 150, 100].map((kib) => ({ cutAfter: kib * 1024 }))],
    [
      'is busy, and says when to come back',
      [{ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }],
    ],
    ['fails', [{ status: 500 }, { status: 502 }, { status: 504 }]],
    ['redirects', [{ redirect: '/m.gguf?again' }]],
    ['knows no ranges', [{ cutAfter: 200 * 1024 }, { without: 'ranges' }]],
    ['has no more bytes than are there', [{ cutAfter: 200 * 1024 }, { status: 416 }]],
    ['answers another range', [{ cutAfter: 200 * 1024 }, { lie: 'wrong-range' }]],
    ['encodes what it sends', [{ encoded: 'gzip' }]],
    ['ends too early without saying so', [{ lie: 'shorter' }]],
  ])('gets the right bytes from a source that %s', async (_what, plan) => {
    await registerModel({ sizeBytes: BYTES.length })
    source.plan = plan
    expect(await run()).toMatchObject({ state: 'Active' })
    expect(source.plan).toEqual([])
  })

  it('goes on where the last checkpoint is, with the same version alone', async () => {
    await registerModel()
    source.plan = [{ cutAfter: 300 * 1024 }]
    await run()
    const [, second] = source.requests
    expect(second?.headers['if-range']).toBe('"v1"')
    const [, from] = /^bytes=(\d+)-$/u.exec(second?.headers.range ?? '') ?? []
    expect(Number(from)).toBeGreaterThanOrEqual(CHECKPOINT_BYTES)
  })

  it('joins no bytes of two versions', async () => {
    await registerModel()
    source.plan = [{ cutAfter: 300 * 1024 }]
    const before = sampleGguf('another', { sizeBytes: 512 * 1024 })
    source.put('/m.gguf', before)
    const fetch = createSafeFetch({ allowPrivate: true })
    let count = 0
    await run({
      fetch: async (url, init) => {
        count += 1
        if (count === 2) {
          source.put('/m.gguf', BYTES)
          source.etag = '"v2"'
        }
        return await fetch(url, init)
      },
    })
    expect((await catalog.get('m'))?.state).toBe('Active')
  })

  it('joins no bytes of two versions, also of a source that sends the end of the new one', async () => {
    await registerModel({ digest: null })
    source.put('/m.gguf', sampleGguf('another', { sizeBytes: 512 * 1024 }))
    source.plan = [{ cutAfter: 300 * 1024 }, { without: 'if-range' }]
    const fetch = createSafeFetch({ allowPrivate: true })
    await run({
      fetch: async (url, init) => {
        if (source.requests.length === 1) {
          source.put('/m.gguf', BYTES)
          source.etag = '"v2"'
        }
        return await fetch(url, init)
      },
    })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active', digest: DIGEST })
  })

  it('joins no bytes of two sources that call their versions alike', async () => {
    const other = source.put('/other.gguf', sampleGguf('another', { sizeBytes: 512 * 1024 }))
    await catalog.register({ id: 'm', source: other })
    source.plan = [{ cutAfter: 300 * 1024 }]
    await expect(run({ retry: { attempts: 1 } })).rejects.toThrow('the connection failed')
    await catalog.update('m', { source: source.put('/m.gguf', BYTES) })
    expect(await run()).toMatchObject({ state: 'Active', digest: DIGEST })
  })

  it('takes no file of which neither the source nor the entry says where it ends', async () => {
    await registerModel({ digest: null })
    source.plan = [{ without: 'length' }]
    await expect(run()).rejects.toThrow('does not say how long the file is')
    source.plan = [{ without: 'length' }]
    await catalog.update('m', { digest: DIGEST })
    expect(await run()).toMatchObject({ state: 'Active' })
  })

  it('leaves a source alone for as long as that asks for', async () => {
    await registerModel()
    source.plan = [{ status: 503, headers: { 'retry-after': '7200' } }]
    await expect(run()).rejects.toThrow('503')
    const { failedDownload } = (await catalog.get('m')) ?? {}
    expect(Date.parse(failedDownload?.retryAt ?? '') - Date.parse(failedDownload?.at ?? '')).toBe(7_200_000)
    expect(source.requests).toHaveLength(1)
  })

  it('fetches a file of many once, even if the next one fails', async () => {
    source.etag = undefined
    const files = ['a.gguf', 'b.gguf'].map((path) => ({ path }))
    for (const { path } of files) source.put(`/repo/${path}`, sampleGguf(path))
    await catalog.register({ id: 'm', source: `${source.origin}/repo`, files })
    source.plan = [undefined, { cutAfter: 10 }]
    expect(await run()).toMatchObject({ state: 'Active' })
    expect(source.requests.map(({ url }) => url)).toEqual(['/repo/a.gguf', '/repo/b.gguf', '/repo/b.gguf'])
  })

  it.each(['W/"v1"', undefined])('starts over if the source has no strong validator (%s)', async (etag) => {
    await registerModel()
    source.etag = etag
    source.plan = [{ cutAfter: 300 * 1024 }]
    await run()
    expect(source.requests[1]?.headers.range).toBeUndefined()
  })

  it.each(['before-headers', 'after-headers'] as const)('leaves a source that hangs %s', async (hang) => {
    await registerModel()
    source.plan = [{ hang }]
    expect(await run({ stallMs: 100 })).toMatchObject({ state: 'Active' })
    expect(source.requests.length).toBeGreaterThan(1)
  })

  it.each<[lie: 'longer' | 'other-length', problem: string]>([
    ['longer', `the source sends more than ${BYTES.length} bytes`],
    ['other-length', `the source has ${BYTES.length + 5} bytes, and ${BYTES.length} are declared`],
  ])('takes not one byte more than declared of a source that is %s', async (lie, problem) => {
    await registerModel({ sizeBytes: BYTES.length })
    source.plan = [{ lie }]
    await expect(run()).rejects.toThrow(problem)
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({
      state: 'Pending',
      failedDownload: { attempts: 1, problem, holder: 'provisioner' },
    })
    expect(entry?.failedDownload).not.toHaveProperty('retryAt')
  })

  it('records what it failed of, and when the next attempt is, and forgets it once the bytes are right', async () => {
    await registerModel()
    source.plan = Array.from({ length: 3 }, () => ({ status: 503 }))
    await expect(run({ retry: { attempts: 3, firstMs: 1 } })).rejects.toThrow('the source answers 503')
    const { failedDownload, download } = (await catalog.get('m')) ?? {}
    expect(download).toBeUndefined()
    expect(failedDownload).toMatchObject({ attempts: 1, problem: 'the source answers 503' })
    expect(Date.parse(failedDownload?.retryAt ?? '')).toBeGreaterThan(Date.now())
    expect(await run()).not.toHaveProperty('failedDownload')
  })

  it('has wrong bytes quarantined, and says so', async () => {
    await registerModel()
    source.put('/m.gguf', sampleGguf('another', { sizeBytes: 512 * 1024 }))
    await expect(run()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const problem = 'what was downloaded is refused: DIGEST_MISMATCH'
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failedDownload: { problem } })
  })

  it.each(['oci:registry.example/m:1', 's3://bucket/m.gguf', 'hf:org/repo'])(
    'cannot fetch %s',
    async (from) => {
      await catalog.register({ id: 'm', source: from })
      await expect(run()).rejects.toThrow(/the source is/u)
      expect((await catalog.get('m'))?.failedDownload).not.toHaveProperty('retryAt')
    },
  )

  it('fetches a model of many files, each from below its source, and gives it its directory at once', async () => {
    const parts = ['a.safetensors', 'sub/b.bin'].map((path) => ({ path, bytes: sampleGguf(path) }))
    for (const { path, bytes } of parts) source.put(`/repo/${path}`, bytes)
    const files = parts.map(({ path, bytes }) => ({
      path,
      digest: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    }))
    await catalog.register({ id: 'm', source: `${source.origin}/repo?token=1`, files })
    expect(await run()).toMatchObject({ state: 'Active' })
    expect(source.requests.map(({ url }) => url)).toEqual([
      '/repo/a.safetensors?token=1',
      '/repo/sub/b.bin?token=1',
    ])
    expect(existsSync(join(root.path, 'm.partial'))).toBe(false)
  })

  it('asks the hub for an hf: source', async () => {
    source.put('/org/repo/resolve/v%2F1/m.gguf', BYTES)
    await catalog.register({ id: 'm', source: 'hf:org/repo/m.gguf@v%2F1', digest: DIGEST })
    expect(await run({ hub: source.origin })).toMatchObject({ state: 'Active' })
  })

  it('abandons the download when it is stopped', async () => {
    await registerModel()
    source.plan = [{ hang: 'after-headers' }]
    const stop = new AbortController()
    const fetch = createSafeFetch({ allowPrivate: true })
    const stopped = run({
      signal: stop.signal,
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        stop.abort(new Error('enough'))
        return response
      },
    })
    await expect(stopped).rejects.toThrow('enough')
    expect(await catalog.get('m')).not.toHaveProperty('download')
    expect(await catalog.get('m')).not.toHaveProperty('failedDownload')
  })

  it('leaves a model that another is at', async () => {
    await registerModel()
    await catalog.downloads.begin('m', { holder: 'other' })
    await expect(run()).rejects.toMatchObject({ code: 'IN_USE' })
    expect(await catalog.get('m')).not.toHaveProperty('failedDownload')
  })

  it('stops when another has taken the download over', async () => {
    await registerModel()
    source.plan = [{ hang: 'after-headers' }]
    const fetch = createSafeFetch({ allowPrivate: true })
    const late = run({
      forMs: 30,
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        await catalog.downloads.abandon('m')
        return response
      },
    })
    await expect(late).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
  })

  it('sends credentials to the host that they are for, and to no other', async () => {
    await using elsewhere = await FaultySource.start()
    const target = elsewhere.put('/moved.gguf', BYTES)
    const url = new URL(source.put('/m.gguf', BYTES))
    url.username = 'user'
    url.password = 'pass word'
    await catalog.register({ id: 'm', source: url.href, digest: DIGEST })
    source.plan = [{ redirect: target }]
    await run()
    const basic = `Basic ${Buffer.from('user:pass word').toString('base64')}`
    expect(source.requests[0]?.headers.authorization).toBe(basic)
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined()
  })
})
