import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FaultySource } from './faulty-source.ts'
import { startProvisioner } from './run-provisioner.ts'

const root = useTemporaryDirectory()
let source: FaultySource
let catalog: Catalog

beforeEach(async () => {
  source = await FaultySource.start()
  catalog = await openCatalog({ root: root.path })
})
afterEach(async () => {
  await catalog.close()
  await source[Symbol.asyncDispose]()
})

async function register(id: string): Promise<void> {
  const bytes = sampleGguf(id, { sizeBytes: 256 * 1024 })
  const digest = createHash('sha256').update(bytes).digest('hex')
  await catalog.register({ id, source: source.put(`/${id}.gguf`, bytes), digest })
}

const here = (...args: string[]) => [...args, '--root', root.path, '--allow-private']

describe('model-provisioner job', () => {
  it('downloads a model, ends with 0 and says so in one line, also in the termination log', async () => {
    await register('m')
    const log = root.at('termination-log')
    const job = await startProvisioner(here('job', 'm', '--termination-log', log))
    expect(await job.ended).toBe(0)
    const line = { id: 'm', outcome: 'ready', state: 'Active', bytes: 256 * 1024 }
    expect(job.lines).toEqual([expect.objectContaining(line)])
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject(line)
    expect((await catalog.resolve('m')).path).toBe(root.at('m.gguf'))
  })

  it.each<[what: string, args: string[], code: number, line: object]>([
    ['a model that is not registered', ['job', 'n'], 1, { outcome: 'failed', code: 'NOT_FOUND' }],
    ['a source that has no such file', ['job', 'gone'], 1, { problem: 'the source answers 404' }],
    ['a source that is not well', ['job', 'm', '--attempts', '1'], 75, { outcome: 'try-again' }],
  ])('ends with its own code for %s', async (_what, args, code, line) => {
    await register('m')
    await catalog.register({ id: 'gone', source: `${source.origin}/gone.gguf` })
    source.plan = [{ status: 503 }]
    const job = await startProvisioner(here(...args))
    expect(await job.ended).toBe(code)
    expect(job.lines).toEqual([expect.objectContaining(line)])
  })

  it('asks no private address unless it may', async () => {
    await register('m')
    const job = await startProvisioner(['job', 'm', '--root', root.path])
    expect(await job.ended).toBe(1)
    expect(job.lines[0]?.['problem']).toContain('private address')
    expect(source.requests).toEqual([])
  })

  it.each([
    [[], 'the command must be job or follow'],
    [['job'], 'needs the id'],
    [['follow', 'm'], 'takes no ids'],
    [['job', 'm', '--for', '0'], '--for must be'],
    [['job', 'm', '--nonsense'], 'nonsense'],
    [['follow', '--hub', 'ftp://x'], '--hub must be'],
    [['job', 'm', '--store', 'mysql://x'], 'store must be a URL'],
  ])('refuses %j', async (args, text) => {
    const run = await startProvisioner(args)
    expect(await run.ended).toBe(2)
    expect(run.stderr()).toMatch(/^model-provisioner: .*\n$/u)
    expect(run.stderr()).toContain(text)
  })

  it.each([
    ['a database that does not answer', () => ['job', 'm', '--store', 'postgres://127.0.0.1:1/m']],
    ['a root that cannot be opened', () => ['job', 'm', '--root', root.at('file')]],
  ])(
    'ends with 75 for %s',
    async (_what, toArgs) => {
      writeFileSync(root.at('file'), '')
      const run = await startProvisioner(toArgs())
      expect([await run.ended, run.lines]).toEqual([75, []])
      expect(run.stderr()).toMatch(/^model-provisioner: .*\n$/u)
    },
    30_000,
  )

  it('waits while another provisioner is at it', async () => {
    await register('m')
    await catalog.downloads.begin('m', { holder: 'other' })
    const changed = catalog.watch()
    const job = await startProvisioner(here('job', 'm', '--holder', 'late'))
    await catalog.downloads.abandon('m', { holder: 'other' })
    expect(await job.ended).toBe(0)
    await changed.return?.()
  })
})

describe('model-provisioner follow', () => {
  it('downloads what is Pending as it comes, and ends when it is told to', async () => {
    await register('before')
    const service = await startProvisioner(here('follow'))
    await service.line(({ id }) => id === 'before')
    await register('later')
    expect(await service.line(({ id }) => id === 'later')).toMatchObject({ state: 'Active' })
    service.process.kill('SIGTERM')
    expect(await service.ended).toBe(0)
  })

  it('shares the work with another, and takes over what one that was killed had begun', async () => {
    await register('m')
    source.plan = [{ hang: 'after-headers' }]
    const first = await startProvisioner(here('follow', '--holder', 'first', '--for', '1'))
    await source.requested(1)
    const second = await startProvisioner(here('follow', '--holder', 'second', '--for', '1'))
    await second.line(({ event }) => event === 'following')
    first.process.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')
    expect(await second.line(({ id }) => id === 'm')).toMatchObject({ state: 'Active' })
    second.process.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('leaves a model alone that needs a person, until that person has done something', async () => {
    await catalog.register({ id: 'm', source: `${source.origin}/gone.gguf` })
    const service = await startProvisioner(here('follow'))
    expect(await service.line(({ id }) => id === 'm')).toMatchObject({ problem: 'the source answers 404' })
    const bytes = sampleGguf('m')
    await catalog.update('m', { source: source.put('/there.gguf', bytes) })
    await service.line(({ state }) => state === 'Active')
    expect(source.requests.map(({ url }) => url)).toEqual(['/gone.gguf', '/there.gguf'])
    service.process.kill('SIGTERM')
    await service.ended
  })

  it('does not try over and over what it may not download', async () => {
    const files = [{ path: 'a.gguf' }]
    await catalog.register({ id: 'm', source: `${source.origin}/m`, files })
    writeFileSync(root.at('m'), 'in the place of a directory')
    const service = await startProvisioner(here('follow'))
    await service.line(({ id }) => id === 'm')
    await register('n')
    await service.line(({ id }) => id === 'n')
    expect(service.lines.filter(({ id }) => id === 'm')).toHaveLength(1)
    service.process.kill('SIGTERM')
    await service.ended
  })
})
