import { chmodSync, existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { damageModel, sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

/** 1 KiB. */
const MODEL = sampleGguf('model')

/** A catalog of two verified models, which are equal. */
async function createModels(): Promise<World> {
  const world = createWorld()
  for (const id of ['a', 'b']) {
    await world.run('register', id, '--source', 'hf:org/model')
    world.write(`models/${id}.gguf`, MODEL)
  }
  await world.run('verify', 'a', 'b')
  return world
}

describe('the commands of upkeep', () => {
  it('show what they would do, and do it only when they are told to', async () => {
    const world = await createModels()
    world.write('models/x.gguf.partial', damageModel(MODEL, 'truncated'))
    const shown = await world.run('doctor')
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toContain('would remove x.gguf.partial (leftover, 512 B)')
    expect(shown.stdout).toContain('1 finding, 1 action, 512 B to free; --apply does it')
    expect(existsSync(join(world.root, 'x.gguf.partial'))).toBe(true)
    const done = await world.run('doctor', '--apply')
    expect(done.stdout).toContain('1 done, 0 skipped, 0 failed; 512 B freed')
    expect(existsSync(join(world.root, 'x.gguf.partial'))).toBe(false)
    expect((await world.run('doctor')).stdout).toBe('nothing to do\n')
  })

  it('save a plan, and apply it later', async () => {
    const world = await createModels()
    await world.run('state', 'b', 'Retired')
    expect(await world.run('collect', '--save', 'plan.json')).toMatchObject({ code: 0 })
    expect(existsSync(join(world.root, 'b.gguf'))).toBe(true)
    const report = parseJson(await world.run('apply', 'plan.json', '--json'))
    expect(report).toMatchObject({ done: [{ file: 'b.gguf', why: 'retired' }], freedBytes: MODEL.length })
    expect(existsSync(join(world.root, 'b.gguf'))).toBe(false)
    expect(await world.run('apply', 'missing.json')).toMatchObject({ code: 14 })
    world.write('bad.json', '{}')
    expect(await world.run('apply', 'bad.json')).toMatchObject({ code: 2 })
    world.write('worse.json', '{')
    expect(await world.run('apply', 'worse.json')).toMatchObject({ code: 2 })
  })

  it('collect orphans only where they are asked to', async () => {
    const world = await createModels()
    world.write('models/stray.bin', 'unknown')
    expect((await world.run('collect', '--apply')).stdout).toBe('0 done, 0 skipped, 0 failed; 0 B freed\n')
    expect((await world.run('collect', '--orphans', '--yes')).stdout).toContain('0 done')
    const old = ['--older-than', '0.001s']
    expect((await world.run('collect', '--orphans', '*.html', '--yes', ...old)).stdout).toContain('0 done')
    expect((await world.run('collect', '--orphans', '--yes', ...old)).stdout).toContain('1 done')
    expect(existsSync(join(world.root, 'stray.bin'))).toBe(false)
  })

  it('make equal files one', async () => {
    const world = await createModels()
    expect(await world.run('dedupe', '--method', 'symlink')).toMatchObject({ code: 2 })
    const done = await world.run('dedupe', '--method', 'hard-link', '--apply')
    expect(done.stdout).toContain('done: hard-link a.gguf in the place of b.gguf (1.00 KiB)')
    expect((await world.run('doctor')).stdout).toBe('nothing to do\n')
  })

  it('make models of equal bytes refer to one file', async () => {
    const world = await createModels()
    const done = await world.run('dedupe', '--apply')
    expect(done.stdout).toContain('done: make b refer to a.gguf and remove b.gguf (1.00 KiB)')
    expect(existsSync(join(world.root, 'b.gguf'))).toBe(false)
    expect((await world.run('path', 'b')).stdout).toBe(`${join(world.root, 'a.gguf')}\n`)
    expect((await world.run('doctor')).stdout).toBe('nothing to do\n')
  })

  it('audit, and end with the code of the first model that is not right', async () => {
    const world = await createModels()
    const right = await world.run('audit', '--rate', '200MB/s', '--json')
    expect(parseJson(right)).toMatchObject({ checked: 2, right: 2, ended: 'all' })
    world.write('models/a.gguf', damageModel(MODEL, 'flipped-bit'))
    rmSync(join(world.root, 'b.gguf'))
    const wrong = await world.run('audit', '--max-time', '1h')
    expect(wrong.code).toBe(10)
    expect(wrong.stdout).toContain('a: wrong [DIGEST_MISMATCH]')
    expect(wrong.stdout).toContain('b: could not be read [FILE_MISSING]')
    expect((await world.run('audit', '--older-than', '30d')).stdout).toContain('0 of 0 models right')
  })

  it('read again only what is stale, and tell that nothing is', async () => {
    const world = await createModels()
    expect(await world.run('verify', '--stale')).toMatchObject({ code: 0, stdout: 'nothing is stale\n' })
    chmodSync(join(world.root, 'a.gguf'), 0o600)
    expect(await world.run('resolve', 'a')).toMatchObject({ code: 19 })
    expect((await world.run('doctor')).stdout).toContain('would verify a again')
    const read = await world.run('verify', '--stale')
    expect(read).toMatchObject({ code: 0, stdout: expect.stringContaining('1 of 1 model right') })
    expect(await world.run('resolve', 'a')).toMatchObject({ code: 0 })
    const json = await world.run('verify', '--stale', '--json')
    expect(parseJson(json)).toMatchObject({ checked: 0, bytes: 0, ended: 'all' })
    chmodSync(join(world.root, 'b.gguf'), 0o600)
    writeFileSync(join(world.root, 'b.gguf'), damageModel(MODEL, 'flipped-bit'))
    // Its mtime changed as well, so the file is changed, not stale.
    expect((await world.run('verify', '--stale')).stdout).toBe('nothing is stale\n')
    expect((await world.run('verify', 'b')).code).toBe(10)
  })

  it('forget what was read on a disk that is away only when they are told to', async () => {
    const world = createWorld()
    await world.run('add', world.write('usb/m.gguf', MODEL))
    const [usb, unplugged] = [join(world.directory, 'usb'), join(world.directory, 'unplugged')]
    renameSync(usb, unplugged)
    mkdirSync(usb)
    const seen = await world.run('doctor', '--apply')
    expect(seen.stdout).toMatch(/^absent: .*mount its disk/u)
    expect(seen.stdout).toContain('0 done, 0 skipped, 0 failed')
    const plan = await world.run('doctor', '--forget-absent')
    expect(plan.stdout).toContain('would forget what was read of m on 1 volume')
    rmdirSync(usb)
    renameSync(unplugged, usb)
    expect(await world.run('resolve', 'm')).toMatchObject({ code: 0 })
    renameSync(usb, unplugged)
    expect((await world.run('doctor', '--forget-absent', '--apply')).stdout).toContain('1 done')
    expect((await world.run('show', 'm')).stdout).toMatch(/^state +Pending$/mu)
  })

  it('find models again whose directory was renamed in the root', async () => {
    const world = createWorld()
    await world.run('add', world.write('models/old/m.gguf', MODEL))
    renameSync(join(world.root, 'old'), join(world.root, 'new'))
    const done = await world.run('doctor', '--apply')
    expect(done.stdout).toContain('done: verify m in its new place new/m.gguf')
    const found = await world.run('resolve', 'm')
    expect(found).toMatchObject({ code: 0, stdout: `${join(world.root, 'new/m.gguf')}\n` })
  })

  it('count', async () => {
    const world = await createModels()
    expect((await world.run('stats')).stdout).toContain('Active         2 models, 2.00 KiB\n')
    expect(parseJson(await world.run('stats', '--json'))).toMatchObject({
      evidence: 2,
      byState: { Active: { models: 2, bytes: 2 * MODEL.length } },
    })
  })
})
