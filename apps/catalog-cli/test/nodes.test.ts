import { sampleGguf } from '@catalog/testkit/models'
import type { ModelCopy } from 'model-catalog'
import { describe, expect, it } from 'vitest'
import { describeCopy, formatNodes } from '../src/show/copies-text.ts'
import { createWorld, parseJson } from './world.ts'

const AT = '2025-10-01T00:00:00.000Z'

function copyOf(node: string, fields: Partial<ModelCopy> = {}): ModelCopy {
  const where = { key: `0123456789@${node}`, node, volume: '0123456789' }
  return { ...where, verifiedAt: AT, lastSeenAt: AT, isCounted: true, isHere: false, ...fields }
}

describe('the machines with a verified copy', () => {
  it('are this one first and the silent ones last, each once', () => {
    const copies = [
      copyOf('a', { isCounted: false }),
      copyOf('c'),
      copyOf('c', { isCounted: false }),
      copyOf('b', { isHere: true }),
    ]
    expect(formatNodes(copies)).toBe('b (here), c, a (silent)')
    expect(formatNodes([])).toBe('-')
    expect(formatNodes(['a', 'b', 'c', 'd', 'e', 'f'].map((node) => copyOf(node)))).toBe(
      'a, b, c, d, and 2 more',
    )
  })

  it('are described with volume and times', () => {
    expect(describeCopy(copyOf('a'))).toBe(`a, volume 01234567, verified ${AT}, last seen ${AT}`)
    expect(describeCopy(copyOf('a', { isCounted: false }))).toMatch(/, does not count$/)
    expect(describeCopy(copyOf('a', { isHere: true }))).toMatch(/, here$/)
  })
})

it('ls --nodes tells which machine has verified a model, beside its state', async () => {
  const world = createWorld()
  const file = world.write('models/m.gguf', sampleGguf('m'))
  await world.run('--node', 'gpu-1', 'add', file, '--id', 'm')
  await world.run('register', 'p', '--source', 'hf:org/p')
  const { stdout } = await world.run('--node', 'gpu-1', 'ls', '--nodes')
  expect(stdout).toMatch(/^ID +STATE +NODES/)
  expect(stdout).toMatch(/^m +Active +gpu-1 \(here\) /m)
  expect(stdout).toMatch(/^p +Pending +- /m)
  const { models } = parseJson<{ models: readonly { copies: readonly ModelCopy[] }[] }>(
    await world.run('--node', 'gpu-1', 'ls', '--nodes', '--json'),
  )
  expect(models.map(({ copies }) => copies.length)).toEqual([1, 0])
  expect(models[0]?.copies[0]).toMatchObject({ node: 'gpu-1', isCounted: true, isHere: true })
  expect(await world.run('ls', '--json', '--columns', 'id,nodes')).toMatchObject({ code: 0 })
})
